"""The chain by itself: whatever is done to it afterwards shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model.audit import BEGINNING, Kind, Record, canonical, digest, link, ranges, verify

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def deed(who: str, what: str = "login", about: str = "", details: str = "") -> dict[str, object]:
    return {"at": NOW, "who": who, "what": what, "about": about, "details": details}


def chained(*contents: dict[str, object]) -> list[Record]:
    records: list[Record] = []
    before = BEGINNING
    for number, content in enumerate(contents, start=1):
        salt = f"{number:032x}"
        of = digest(Kind.DEED, content, salt)
        before = link(before, number, Kind.DEED, number + 40, of)
        records.append(Record(number, Kind.DEED, number + 40, of, before, content, salt))
    return records


def test_a_trail_as_it_was_written() -> None:
    trail = chained(deed("ana"), deed("ben"), deed("ana", "logout"))
    said = verify(trail)
    assert (said.problems, said.head.number, said.head.link, said.erased) == ((), 3, trail[2].link, 0)
    assert verify([]).head.number == 0


def test_content_that_was_changed_or_deleted() -> None:
    trail = chained(deed("ana"), deed("ben"), deed("ana"))
    [problem] = verify([trail[0], replace(trail[1], content=deed("eve")), trail[2]]).problems
    assert problem == "the content of record 2 (deed 42) was changed after it was written"
    [problem] = verify([trail[0], replace(trail[1], content=None, salt=None), trail[2]]).problems
    assert problem == "the content of record 2 (deed 42) was deleted"


def test_a_record_that_is_gone_or_moved_or_added() -> None:
    trail = chained(deed("ana"), deed("ben"), deed("cem"), deed("dua"))
    gone = verify([trail[0], trail[2], trail[3]]).problems
    assert gone[0] == "records 2 to 2 are missing"
    assert "record 3 (deed 43) was changed, added or moved" in gone[1]
    renumbered = [trail[0], replace(trail[2], number=2), replace(trail[3], number=3)]
    assert "record 2 (deed 43) was changed, added or moved" in verify(renumbered).problems[0]
    moved = [trail[0], replace(trail[2], number=2), replace(trail[1], number=3), trail[3]]
    assert len(verify(moved).problems) == 3


def test_a_chain_that_was_made_anew_differs_from_a_head_noted_down() -> None:
    trail = chained(deed("ana"), deed("ben"), deed("cem"))
    noted = f"2 {trail[1].link.hex()}"
    assert verify(trail, noted=noted).noted == 2
    forged = chained(deed("ana"), deed("eve"), deed("cem"))
    assert verify(forged).problems == ()
    assert "no record has the link" in verify(forged, noted=noted).problems[0]
    assert "no record has the link" in verify(trail[:1], noted=noted).problems[0], "cut off at the end"


def test_what_was_erased_must_be_told_of() -> None:
    told = deed("ana", "erase", "request 17", '{"erased":[[1,2]]}')
    trail = chained(deed("ben"), deed("cem"), deed("dua"), told)
    empty = [replace(one, content=deed("", ""), salt=None, erased_by=44) for one in trail[:3]]
    said = verify([empty[0], empty[1], *trail[2:]])
    assert (said.problems, said.erased) == ((), 2)
    [problem] = verify([*empty, trail[3]]).problems
    assert problem == "the content of record 3 (deed 43) was erased, and no deed of the chain tells of it"


def test_a_digest_depends_on_every_field_and_on_nothing_else() -> None:
    plain = {"at": NOW, "who": "ana", "n": 1}
    same = {"n": 1, "who": "ana", "at": NOW.astimezone(tz=None)}
    assert digest(Kind.DEED, plain, "s") == digest(Kind.DEED, same, "s")
    others = [
        digest(Kind.DECISION, plain, "s"),
        digest(Kind.DEED, plain, "t"),
        digest(Kind.DEED, plain | {"n": "1"}, "s"),
        digest(Kind.DEED, plain | {"at": NOW + timedelta(microseconds=1)}, "s"),
    ]
    assert len({digest(Kind.DEED, plain, "s"), *others}) == 5


@given(st.lists(st.text(), min_size=2, max_size=6, unique=True), st.data())
def test_any_change_of_any_content_shows(names: list[str], data: st.DataObject) -> None:
    trail = chained(*map(deed, names))
    assert verify(trail).problems == ()
    place = data.draw(st.integers(0, len(trail) - 1))
    other = data.draw(st.text().filter(lambda text: text != names[place]))
    trail[place] = replace(trail[place], content=deed(other))
    assert len(verify(trail).problems) == 1


@given(st.sets(st.integers(1, 50)))
def test_ranges_hold_what_they_were_made_of(numbers: set[int]) -> None:
    assert {n for first, last in ranges(numbers) for n in range(first, last + 1)} == numbers


@given(st.text(), st.text())
def test_no_two_texts_look_alike(one: str, other: str) -> None:
    assert (canonical([one]) == canonical([other])) == (one == other)
