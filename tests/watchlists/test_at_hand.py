"""Every real file that is at hand reads with the counts that are known of it; years of changes are taken in turn."""

from __future__ import annotations

import csv
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.client import Client
from monitor.errors import SourceError
from monitor.model.watchlists import NameKind
from monitor.watchlists.diff import difference
from monitor.watchlists.read import read_directory, read_list
from monitor.watchlists.refresh import KEEP, Outcome, refresh
from monitor.watchlists.snapshots import in_use, load_state, snapshots
from tests.shared import shared
from tests.watchlists.publisher import Publisher

RECORDS = {  # file → list, records, problems told
    "ofac-sdnset-2024-01-08.sdn.csv": ("ofac-sdn", 13_821, 0),
    "ofac-sdn-2024-02-20.csv": ("ofac-sdn", 13_931, 0),
    "ofac-sdn-2024-02-23.csv": ("ofac-sdn", 14_484, 0),
    "ofac-sdn-2024-05-01.csv": ("ofac-sdn", 14_966, 0),
    "ofac-sdn-2024-05-03.csv": ("ofac-sdn", 14_965, 0),
    "ofac-sdn-2026-mid.extract.csv": ("ofac-sdn", 11, 0),
    "ofac-cons-2025-08-18.prim.csv": ("ofac-consolidated", 443, 0),
    "ofac-cons-2025-12-19.prim.csv": ("ofac-consolidated", 442, 0),
    "ofac-cons-2025-03-28.xml": ("ofac-consolidated", 443, 0),
    "ofac-cons-2020-03-17.xml": ("ofac-consolidated", 375, 0),
    "un-consolidated-2025-11-15.xml": ("un", 1_000, 0),
    "un-consolidated-2025-11-20.xml": ("un", 1_000, 0),
    "un-consolidated-2026-02-27.xml": ("un", 1_003, 0),
    "uk-hmt-conlist-2020-04-27.csv": ("uk", 2_114, 0),
    "ca-sema-2025-05.xml": ("ca-sema", 4_759, 0),
    "us-csl-2023-11-30.csv": ("us-csl", 4_226, 1),  # a second header is passed over; the copy's last line is cut off
    "us-bis-dpl-2019.txt": ("us-dpl", 414, 0),  # 545 rows, of which those of one name are one
    "samples/ch-seco-xml-example-2024-01-17.xml": ("ch-seco", 3, 0),
    "samples/eu-fsf-xml-sample-2020a.xml": ("eu", 7, 0),
    "samples/eu-fsf-xml-sample-2021.xml": ("eu", 6, 1),  # who edited it put one record in twice
    "samples/ofac-sdn-xml-sample-2020.xml": ("ofac-sdn", 8, 0),
    "samples/ofac-sdn-xml-sample-2020.zip": ("ofac-sdn", 8, 0),
    "samples/uk-hmt-conlist-sample-2022.csv": ("uk", 6, 0),
    "samples/un-consolidated-sample-2024.xml": ("un", 7, 0),
    "samples/us-csl-tradegov-sample.csv": ("us-csl", 13, 0),
}
ROWS = {  # of files that belong to a set
    "ofac-sdnset-2024-01-08.alt.csv": 17_091,
    "ofac-sdnset-2024-01-08.add.csv": 18_990,
    "ofac-sdnset-2024-01-08.comments.csv": 13,
    "ofac-sdnset-2025-01-06.alt.csv": 19_486,
    "ofac-sdnset-2025-12-24.alt.csv": 20_107,
    "ofac-sdnset-2026-02-25.alt.csv": 20_202,
    "ofac-cons-2025-12-19.alt.csv": 1_073,
    "ofac-cons-2025-12-19.add.csv": 574,
    "ofac-cons-2025-12-19.comments.csv": 10,
}
REFUSED = {
    "samples/damaged/un-consolidated-2024-10-16.xml",
    "samples/damaged/un-consolidated-2025-08-16.xml",
    "samples/opensanctions-peps-senzing-sample.json",  # another program's form
    "samples/us-tel-sample.json",  # one JSON array, which OpenSanctions does not publish
}
NOT_LISTS = {
    *(f"ofac-sdnset-{day}.{part}.csv" for day in ("2025-01-06", "2025-12-24") for part in ("add", "comments")),
    "history/ofac-sdn-daily-2021-08..2024-05.tar.xz",
}
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def test_no_file_at_hand_is_left_out() -> None:
    root = shared("lists")
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert there == {*RECORDS, *ROWS, *REFUSED, *NOT_LISTS}


@pytest.mark.parametrize("name", RECORDS)
def test_records_and_problems(name: str) -> None:
    watchlist = read_list(shared("lists", *name.split("/")))
    assert (watchlist.id, len(watchlist.entities), len(watchlist.problems)) == RECORDS[name]
    for entity in watchlist.entities:
        kinds = Counter(one.kind for one in entity.names)
        assert (entity.names[0].kind, kinds[NameKind.PRIMARY]) == (NameKind.PRIMARY, 1)
        assert len({one.text for one in entity.names}) == len(entity.names)


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_files_beside(name: str) -> None:
    with shared("lists", name).open(encoding="utf-8", errors="replace", newline="") as file:
        assert sum(1 for row in csv.reader(file) if len(row) > 1) == ROWS[name]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_damaged_or_of_no_known_form_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(SourceError) as error:
        read_list(shared("lists", *name.split("/")))
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "id", "born"),
    [
        ("ofac-sdnset-2024-01-08.sdn.csv", "2686", ("1960-08-31", "1953-08-31", "1955-08-31", "1958-08-31")),
        ("samples/eu-fsf-xml-sample-2020a.xml", "EU.27.28", ("1937-04-28",)),
        ("samples/ch-seco-xml-example-2024-01-17.xml", "64398", ("2025-12-31",)),
    ],
)
def test_dates_of_birth(name: str, id: str, born: tuple[str, ...]) -> None:
    assert read_list(shared("lists", *name.split("/"))).by_id[id].born == born


def test_how_many_dates_of_birth_real_lists_tell_and_in_what_form() -> None:
    for name, least in {
        "ofac-sdnset-2024-01-08.sdn.csv": 6_000,
        "un-consolidated-2026-02-27.xml": 550,
        "uk-hmt-conlist-2020-04-27.csv": 1_000,
        "ca-sema-2025-05.xml": 1_800,
        "us-csl-2023-11-30.csv": 200,
    }.items():
        dates = [day for entity in read_list(shared("lists", name)).entities for day in entity.born]
        plain = [day for day in dates if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", day)]
        assert len(dates) >= least, name
        assert len(plain) > 0.9 * len(dates), name


def test_the_consolidated_list_before_and_after_october_2025() -> None:
    """Rosneft and Lukoil became blocked on 22 October 2025: here a programme of theirs is new."""
    before, after = (read_list(shared("lists", f"ofac-cons-{day}.prim.csv")) for day in ("2025-08-18", "2025-12-19"))
    found = difference(before, after)
    assert ([entity.name for entity in found.added], [entity.name for entity in found.removed]) == (
        [],
        ["KAYAKIRAN, Evren"],
    )
    programmes = {change.new.id: change.programmes_added for change in found.changed if change.programmes_added}
    assert programmes["17022"] == programmes["17248"] == ("RUSSIA-EO14024",)


def test_the_two_forms_of_the_real_consolidated_list_of_2025() -> None:
    """March as XML, August as CSV: not one day's list, but nearly all of its records stand in both."""
    tree = read_list(shared("lists", "ofac-cons-2025-03-28.xml"))
    table = read_list(shared("lists", "ofac-cons-2025-08-18.prim.csv"))
    both = tree.by_id.keys() & table.by_id.keys()
    assert len(both) > 430
    same = [
        id for id in both if (tree.by_id[id].name, tree.by_id[id].type) == (table.by_id[id].name, table.by_id[id].type)
    ]
    assert len(same) >= len(both) - 3


def _history() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(next(shared("lists", "history").glob("*.tar.xz"))) as packed:
        for member in sorted(packed.getmembers(), key=lambda member: member.name):
            content = packed.extractfile(member)
            assert content is not None
            yield member.name, content.read()


@pytest.mark.soak
def test_three_years_of_the_sdn_list_taken_one_after_the_other(tmp_path: Path) -> None:
    """Nothing is held back that was only a busy day; each step's difference is what the service would have told."""
    publisher = Publisher()
    client = Client(user_agent="lists-test/1", timeout=30.0, max_bytes=10_000_000, allow_private=True)
    outcomes: Counter[Outcome] = Counter()
    added = removed = 0
    before = None
    try:
        for day, (_, body) in enumerate(_history()):
            publisher.files["SDN.CSV"] = body
            address = f"{publisher.url}SDN.CSV"
            done = refresh(client, "ofac-sdn", tmp_path, now=NOW + timedelta(days=day), url=address)
            outcomes[done.outcome] += 1
            place = in_use(tmp_path)
            assert place is not None
            after = read_directory(place)
            if before is not None:
                found = difference(before, after)
                added, removed = added + len(found.added), removed + len(found.removed)
                assert len(after.entities) == len(before.entities) + len(found.added) - len(found.removed)
            else:
                first = len(after.entities)
            before = after
    finally:
        client.close()
        publisher.close()
    assert sum(outcomes.values()) == 308
    assert outcomes[Outcome.FAILED] == outcomes[Outcome.HELD] == 0
    assert before is not None
    assert first + added - removed == len(before.entities) == load_state(tmp_path).records
    assert len(snapshots(tmp_path)) <= KEEP
