"""Records that are held packed are the records that were read, whatever is done with them."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import packed
from monitor.model.packed import BLOCK, SHORT, Gathering, Packed, gathered
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Owner, Severity, Watchlist

TEXTS = st.tuples(st.text(max_size=20), st.text(max_size=20))
ENTITIES = st.builds(
    Entity,
    watchlist=st.text(max_size=9),
    id=st.text(min_size=1, max_size=9),
    type=st.sampled_from(EntityType),
    names=st.lists(st.builds(Name, st.text(), st.sampled_from(NameKind)), min_size=1, max_size=3).map(tuple),
    countries=TEXTS,
    programmes=TEXTS,
    identifiers=st.tuples(TEXTS),
    context=TEXTS,
    exclude=TEXTS,
    threshold=st.none() | st.floats(0, 100),
    severity=st.none() | st.sampled_from(Severity),
    listed=st.none() | st.dates(),
    notes=st.text(),
    url=st.text(),
    born=TEXTS,
    topics=TEXTS,
    owned_by=st.tuples(st.builds(Owner, st.text(), st.none() | st.floats(0, 100), st.text(), st.text(), st.text())),
    same_as=TEXTS,
    distinct=TEXTS,
    subject=st.text(),
    linked=TEXTS,
)


def some(count: int) -> list[Entity]:
    return [
        Entity("made", str(n), EntityType.ORGANIZATION, (Name(f"KESTREL {n}"),), listed=date(2026, 1, 1))
        for n in range(count)
    ]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are packed from a few records on, and into a file from a few bytes on."""
    monkeypatch.setattr(packed, "SHORT", 3)
    monkeypatch.setattr(packed, "IN_MEMORY", 2_000)


@given(st.lists(ENTITIES, min_size=2, max_size=4))
def test_every_field_comes_back(entities: list[Entity]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "SHORT", 1)
        patch.setattr(packed, "BLOCK", 1)
        held = gathered(entities)
        assert isinstance(held, Packed)
        assert list(held) == entities


def test_a_short_list_is_a_tuple_and_a_long_one_the_same_records() -> None:
    assert gathered(some(10)) == tuple(some(10))
    assert isinstance(gathered(some(SHORT)), tuple)
    many = some(SHORT + 2 * BLOCK + 7)
    held = gathered(many)
    assert isinstance(held, Packed)
    assert len(held) == len(many)
    assert list(held) == many
    assert held == tuple(many)
    assert held != tuple(many[:-1])
    assert [held[n] for n in (0, 1, BLOCK, SHORT, -1)] == [many[n] for n in (0, 1, BLOCK, SHORT, -1)]
    assert held[BLOCK - 2 : BLOCK + 2] == tuple(many[BLOCK - 2 : BLOCK + 2])
    for beyond in (len(many), -len(many) - 1):
        with pytest.raises(IndexError):
            held[beyond]
    assert Watchlist("made", held).by_id["20000"] == many[20_000]


@pytest.mark.usefixtures("short")
def test_what_is_revised_is_another_and_all_else_the_same() -> None:
    gathering = Gathering()
    for entity in some(1_000):
        gathering.add(entity)
    gathering.revise(lambda entity: replace(entity, notes="x" * 500) if int(entity.id) % 3 == 0 else entity)
    assert len(gathering) == 1_000
    held = gathering.sealed()
    assert [entity.id for entity in held] == [str(n) for n in range(1_000)]
    assert all((entity.notes != "") == (int(entity.id) % 3 == 0) for entity in held)


@pytest.mark.usefixtures("short")
def test_it_travels_to_another_process() -> None:
    held: Sequence[Entity] = pickle.loads(pickle.dumps(gathered(some(1_000))))  # noqa: S301 - our own
    assert list(held) == some(1_000)


@pytest.mark.usefixtures("short")
def test_without_room_on_the_disk_it_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed.tempfile, "tempdir", "/nowhere/at/all")
    assert list(gathered(some(1_000))) == some(1_000)
