"""Official lists downloaded from a real server: what is taken into use, what is not, and what stays when it fails."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.client import Client
from monitor.errors import FetchError, UsageError
from monitor.model.watchlists import Watchlist
from monitor.watchlists.read import read_directory
from monitor.watchlists.refresh import KEEP, Outcome, Refreshed, accept, due, refresh, too_old
from monitor.watchlists.snapshots import STATE, State, in_use, load_state, snapshots
from tests.watchlists.ofac import address, alias, firms, text
from tests.watchlists.publisher import Publisher
from tests.watchlists.test_collections import SIMPLE

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def publish(publisher: Publisher, count: int, *, aliases: int = 20) -> None:
    publisher.files |= {
        "SDN.CSV": text(*firms(count)),
        "ALT.CSV": text(*[alias(1000 + n, f"NORTHGATE {n}") for n in range(aliases)]),
        "ADD.CSV": text(address(1000, "Cyprus")),
    }


def fetch(publisher: Publisher, client: Client, directory: Path, now: datetime = NOW) -> Refreshed:
    return refresh(client, "ofac-sdn", directory, now=now, url=publisher.url)


def used(directory: Path) -> Watchlist:
    place = in_use(directory)
    assert place is not None
    return read_directory(place)


def test_a_list_is_downloaded_whole_and_read_with_its_aliases(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40)
    result = fetch(publisher, client, tmp_path)
    assert (result.outcome, result.message) == (Outcome.UPDATED, "ofac-sdn: updated, 40 records, 60 names")
    assert used(tmp_path).by_id["1000"].countries == ("cy",)
    assert [name.text for name in used(tmp_path).by_id["1001"].names] == ["NORTHGATE MARINE 1 LLC", "NORTHGATE 1"]


def test_an_unchanged_list_is_asked_for_conditionally_and_confirmed(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40)
    fetch(publisher, client, tmp_path)
    result = fetch(publisher, client, tmp_path, NOW + DAY)
    assert result.outcome is Outcome.UNCHANGED
    assert publisher.answers["SDN.CSV", 304] == publisher.answers["ALT.CSV", 304] == 1
    state = load_state(tmp_path)
    assert (state.fetched_at, state.checked_at) == (NOW, NOW + DAY)
    assert len(snapshots(tmp_path)) == 1


def test_one_changed_file_makes_a_new_snapshot_of_the_whole_set(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40)
    fetch(publisher, client, tmp_path)
    publisher.files["SDN.CSV"] = text(*firms(41))
    assert fetch(publisher, client, tmp_path, NOW + DAY).outcome is Outcome.UPDATED
    assert publisher.answers["ALT.CSV", 304] == 1
    assert (len(used(tmp_path).entities), len(used(tmp_path).by_id["1000"].names)) == (41, 2)
    assert len(snapshots(tmp_path)) == 2


@pytest.mark.parametrize("now_has", [35, 81], ids=["lost more than a tenth", "more than doubled"])
def test_a_list_that_shrank_or_exploded_is_held_back_until_accepted(
    publisher: Publisher, client: Client, tmp_path: Path, now_has: int
) -> None:
    publish(publisher, 40)
    fetch(publisher, client, tmp_path)
    publish(publisher, now_has)
    result = fetch(publisher, client, tmp_path, NOW + DAY)
    assert result.outcome is Outcome.HELD
    assert f"{now_has} records where the last list had 40" in result.message
    assert "monitor lists accept ofac-sdn" in result.message
    assert len(used(tmp_path).entities) == 40
    again = fetch(publisher, client, tmp_path, NOW + 2 * DAY)
    assert again.outcome is Outcome.HELD
    assert again.state.held is not None
    assert again.state.held.since == NOW + DAY

    taken = accept("ofac-sdn", tmp_path, now=NOW + 2 * DAY)
    assert taken.outcome is Outcome.UPDATED
    assert len(used(tmp_path).entities) == now_has
    assert fetch(publisher, client, tmp_path, NOW + 3 * DAY).outcome is Outcome.UNCHANGED
    with pytest.raises(UsageError, match="no download is held back"):
        accept("ofac-sdn", tmp_path, now=NOW)


def test_lost_aliases_hold_a_list_back_though_its_records_are_whole(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40, aliases=40)
    fetch(publisher, client, tmp_path)
    publish(publisher, 40, aliases=5)
    result = fetch(publisher, client, tmp_path, NOW + DAY)
    assert "45 names where the last list had 80" in result.message


def test_a_small_loss_is_believed(publisher: Publisher, client: Client, tmp_path: Path) -> None:
    publish(publisher, 40)
    fetch(publisher, client, tmp_path)
    publish(publisher, 37)
    assert fetch(publisher, client, tmp_path, NOW + DAY).outcome is Outcome.UPDATED


def test_every_failure_keeps_the_list_in_use_and_says_how_old_it_is(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40)
    fetch(publisher, client, tmp_path)
    whole = dict(publisher.files)

    def fails(number: int) -> str:
        result = fetch(publisher, client, tmp_path, NOW + number * DAY)
        assert result.outcome is Outcome.FAILED
        assert result.state.failures == number
        assert f"last confirmed {'24 hours' if number == 1 else f'{number} days'} ago" in result.message
        assert "\n" not in result.message
        assert len(used(tmp_path).entities) == 40
        publisher.files, publisher.faults, publisher.cut = dict(whole), {}, set()
        return result.message

    publisher.faults["SDN.CSV"] = 503
    assert "503" in fails(1)
    publisher.faults["ALT.CSV"] = 404  # without its aliases the list would be worth little
    assert "404" in fails(2)
    publisher.files["SDN.CSV"] = b"<html>maintenance</html>"
    told = fails(3)
    assert re.search(r"http://127\.0\.0\.1:\d+/\S+: no file here is a list", told), told
    assert ".incoming" not in told
    publisher.files["SDN.CSV"] = b""
    assert "0 bytes, not a list" in fails(4)
    publisher.files["SDN.CSV"], publisher.cut = text(*firms(45)), {"SDN.CSV"}
    fails(5)
    publisher.close()
    assert "connection refused" in fails(6)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_file_that_may_be_absent_may_be_absent(publisher: Publisher, client: Client, tmp_path: Path) -> None:
    publish(publisher, 40)
    del publisher.files["ADD.CSV"]
    assert fetch(publisher, client, tmp_path).outcome is Outcome.UPDATED


def test_without_a_first_download_nothing_is_in_use(publisher: Publisher, client: Client, tmp_path: Path) -> None:
    result = fetch(publisher, client, tmp_path / "new")
    assert result.outcome is Outcome.FAILED
    assert result.message.endswith("no list is in use yet")
    assert in_use(tmp_path / "new") is None


def test_a_broken_state_file_falls_back_to_the_newest_snapshot(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40)
    fetch(publisher, client, tmp_path)
    (tmp_path / STATE).write_text('{"snapshot": "2026')
    assert len(used(tmp_path).entities) == 40
    assert fetch(publisher, client, tmp_path, NOW + DAY).outcome is Outcome.UPDATED


def test_old_snapshots_go_the_one_in_use_stays(publisher: Publisher, client: Client, tmp_path: Path) -> None:
    for day in range(KEEP + 4):
        publish(publisher, 40 + day)
        assert fetch(publisher, client, tmp_path, NOW + day * DAY).outcome is Outcome.UPDATED
    kept = snapshots(tmp_path)
    assert len(kept) == KEEP
    assert kept[-1] == in_use(tmp_path)


def test_a_directory_that_cannot_be_written_is_a_failure_not_a_crash(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publish(publisher, 40)
    (tmp_path / "occupied").write_text("a file where the directory should be")
    result = fetch(publisher, client, tmp_path / "occupied")
    assert result.outcome is Outcome.FAILED
    assert "occupied" in result.message


def test_a_single_file_by_its_own_address(publisher: Publisher, client: Client, tmp_path: Path) -> None:
    publisher.files["mirror/list"] = text(*firms(12))
    result = refresh(client, "us-csl", tmp_path, now=NOW, url=publisher.url + "mirror/list?token=secret")
    assert result.outcome is Outcome.FAILED  # the server knows no query; what matters is where it was asked
    publisher.files["mirror/list?token=secret"] = text(*firms(12))
    assert refresh(client, "us-csl", tmp_path, now=NOW, url=publisher.url + "mirror/list?token=secret").outcome is (
        Outcome.UPDATED
    )
    assert [path.name for path in (in_use(tmp_path) or tmp_path).iterdir()] == ["list"]


def test_when_a_list_is_due() -> None:
    assert due(State(), DAY, NOW)
    fresh = State(snapshot="x", tried_at=NOW, checked_at=NOW)
    assert not due(fresh, DAY, NOW + DAY / 2)
    assert due(fresh, DAY, NOW + DAY)
    failing = fresh.model_copy(update={"failures": 1})
    assert due(failing, DAY, NOW + timedelta(hours=1))
    assert not due(failing, DAY, NOW + timedelta(minutes=59))


def test_old_snapshots_go_by_number_and_by_size_but_three_stay(tmp_path: Path) -> None:
    def kept(sizes: list[int]) -> list[Path]:
        made = []
        for number, size in enumerate(sizes):
            place = tmp_path / f"{len(sizes)}-{number:03}"
            place.mkdir()
            with (place / "sdn.csv").open("wb") as file:
                file.truncate(size)
            made.append(place)
        return [place for place in made if place not in too_old(made)]

    assert len(kept([1] * (KEEP + 7))) == KEEP
    assert [place.name[-3:] for place in kept([120_000_000] * 8)] == ["004", "005", "006", "007"]
    assert len(kept([400_000_000] * 5)) == 3


TABLE = "targets.simple.csv"


def publish_collection(publisher: Publisher, content: bytes, **said: str) -> None:
    one = {"name": TABLE, "url": f"{publisher.url}edition/{TABLE}", "checksum": hashlib.sha1(content).hexdigest()}
    publisher.files |= {
        TABLE: b"of another day",
        f"edition/{TABLE}": content,
        "index.json": json.dumps({"name": "sanctions", "resources": [{"name": "names.txt"}, one | said]}).encode(),
    }


def collection(publisher: Publisher, client: Client, directory: Path, now: datetime = NOW) -> Refreshed:
    return refresh(client, "opensanctions", directory, now=now, url=f"{publisher.url}{TABLE}")


def test_the_edition_that_the_index_names_is_taken_when_its_checksum_fits(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    content = SIMPLE.encode()
    publish_collection(publisher, content)
    assert collection(publisher, client, tmp_path).outcome is Outcome.UPDATED
    assert load_state(tmp_path).files[TABLE].checksum == hashlib.sha1(content).hexdigest()
    assert collection(publisher, client, tmp_path, NOW + DAY).outcome is Outcome.UNCHANGED
    assert publisher.answers[f"edition/{TABLE}", 200] == 1, "what has the checksum of yesterday is not asked for again"
    assert load_state(tmp_path).checked_at == NOW + DAY


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"checksum": "0" * 40}, "not what its publisher gave the checksum of"),
        ({"checksum": "0" * 64}, "not what its publisher gave the checksum of"),
        ({"checksum": "md5"}, "'md5' is no checksum"),
        ({"name": "other.csv"}, "no index of files with a checksum of targets.simple.csv"),
    ],
)
def test_a_file_that_is_not_what_the_index_says_is_not_taken(
    publisher: Publisher, client: Client, tmp_path: Path, said: dict[str, str], wrong: str
) -> None:
    publish_collection(publisher, SIMPLE.encode())
    collection(publisher, client, tmp_path)
    before = in_use(tmp_path)
    changed = SIMPLE.encode().replace(b"Port Ellery", b"Port Elleri")
    publish_collection(publisher, changed, **said)
    result = collection(publisher, client, tmp_path, NOW + DAY)
    assert result.outcome is Outcome.FAILED
    assert wrong in result.message
    assert in_use(tmp_path) == before


def test_a_mirror_without_an_index_is_taken_as_it_is(publisher: Publisher, client: Client, tmp_path: Path) -> None:
    publisher.files[TABLE] = SIMPLE.encode()
    assert collection(publisher, client, tmp_path).outcome is Outcome.UPDATED
    publisher.faults["index.json"] = 500
    result = collection(publisher, client, tmp_path, NOW + DAY)
    assert result.outcome is Outcome.FAILED
    assert "answered 500" in result.message


def test_a_large_file_goes_to_the_disk_as_it_comes(publisher: Publisher, client: Client) -> None:
    """No more of it is in memory than a piece."""
    publisher.files["large"] = bytes(40_000_000)
    sizes: list[int] = []

    class Into(io.BytesIO):
        def write(self, piece: object) -> int:
            sizes.append(len(bytes(piece)))  # type: ignore[arg-type,call-overload]
            return sizes[-1]

    response = client.get(f"{publisher.url}large", max_bytes=50_000_000, into=Into())
    assert (response.body, sum(sizes)) == (b"", 40_000_000)
    assert max(sizes) < 1_000_000
    with pytest.raises(FetchError, match="larger than 1000000 bytes"):
        client.get(f"{publisher.url}large", max_bytes=1_000_000, into=Into())
