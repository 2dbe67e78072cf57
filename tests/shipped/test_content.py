"""The settings, feeds and watchlists as shipped: they load, and they hold what they promise."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor import config, config_schema
from monitor.config import Settings
from monitor.model.watchlists import Entity, EntityType, Severity, Watchlist
from monitor.watchlists import identifiers
from monitor.watchlists.read import read_list, read_paths
from monitor.watchlists.yaml_list import SOURCES
from tests.shared import shared

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "watchlists"
FEEDS = ROOT / "config" / "feeds.yaml"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return config.load(ROOT / "config" / "monitor.yaml", {})


@pytest.fixture(scope="module")
def lists() -> list[Watchlist]:
    return read_paths([LISTS])


@pytest.fixture(scope="module")
def entities(lists: list[Watchlist]) -> list[Entity]:
    return [entity for watchlist in lists for entity in watchlist.entities]


def test_the_shipped_settings_watch_the_shipped_lists_and_alert_to_the_terminal(settings: Settings) -> None:
    assert settings.watchlists == (LISTS,)
    assert settings.storage.url.startswith("sqlite:")
    assert [(channel.id, channel.type) for channel in settings.channels] == [("terminal", "console")]
    assert settings.web.host == "127.0.0.1"
    assert not settings.polling.allow_private


def test_what_is_of_low_severity_is_bundled_daily_and_everything_else_comes_at_once(
    settings: Settings, lists: list[Watchlist]
) -> None:
    first, last = settings.routes[0], settings.routes[-1]
    assert (first.match.watchlists, first.match.max_severity) == ((), Severity.LOW)
    assert (first.digest, first.continue_) == ("daily", False)
    assert (last.match.watchlists, last.match.max_severity, last.digest) == ((), Severity.CRITICAL, None)
    heads = next(watchlist for watchlist in lists if watchlist.id == "heads-of-state")
    assert heads.severity is Severity.LOW
    assert {"vladimir-putin", "alexander-lukashenko", "kim-jong-un"} <= heads.by_id.keys()


def test_the_president_is_found_by_the_russian_lists_alone_and_quietly_by_either(lists: list[Watchlist]) -> None:
    heads, officials = (
        next(watchlist for watchlist in lists if watchlist.id == name)
        for name in ("heads-of-state", "russia-officials")
    )
    one, other = heads.by_id["vladimir-putin"], officials.by_id["vladimir-putin"]
    assert (one.severity or heads.severity, other.severity) == (Severity.LOW, Severity.LOW)
    assert one.names == other.names
    assert one.identifiers == other.identifiers


def test_container_settings_load_as_well() -> None:
    loaded = config.load(ROOT / "config" / "docker.yaml", {"DB_PASSWORD": "x"})
    assert len(loaded.feeds) > 30


@pytest.mark.parametrize("line", sorted(path.stem for path in (LISTS / "official").glob("*.yaml")))
def test_the_commented_line_for_an_official_list_works_when_it_is_uncommented(tmp_path: Path, line: str) -> None:
    text = (ROOT / "config" / "monitor.yaml").read_text()
    commented = re.compile(rf"^  # (- \.\./watchlists/official/{line}\.yaml)", re.MULTILINE)
    uncommented, count = commented.subn(r"  \1", text)
    assert count == 1
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "monitor.yaml").write_text(uncommented)
    (tmp_path / "config" / "feeds.yaml").write_bytes((ROOT / "config" / "feeds.yaml").read_bytes())
    (tmp_path / "watchlists").symlink_to(LISTS)
    loaded = config.load(tmp_path / "config" / "monitor.yaml", {})
    assert [path.name for path in loaded.watchlists] == ["watchlists", f"{line}.yaml"]
    watchlist = read_list(loaded.watchlists[1], downloads=tmp_path / "none")
    assert "not downloaded yet" in watchlist.problems[0]


def test_the_commented_examples_of_channels_and_routes_are_right(tmp_path: Path) -> None:
    """Every commented-out block of the settings, uncommented at once."""
    lines = (ROOT / "config" / "monitor.yaml").read_text().splitlines()
    start = lines.index("channels:")
    opened = [re.sub(r"^  # (?=- \{|- id|  [a-z_]+:)", "  ", line) for line in lines[start:]]
    text = "\n".join([*lines[:start], *opened]).replace('token: "${SLACK_BOT_TOKEN}"', 'token: "xoxb"')
    text = re.sub(r"id: desk-slack, type: slack, token", "id: desk-slack-bot, type: slack, token", text)
    text = text.replace("../watchlists", str(LISTS)).replace("feeds: feeds.yaml", "feeds: []")
    path = tmp_path / "monitor.yaml"
    path.write_text(text)
    secrets = {"SMTP_PASSWORD": "x", "SLACK_WEBHOOK_URL": "https://x.example", "WEBHOOK_SECRET": "x"}
    loaded = config.load(path, secrets | {"APPRISE_URL": "json://127.0.0.1"})
    types = [channel.type for channel in loaded.channels]
    assert {"console", "email", "slack", "webhook"} <= set(types)
    assert types[0] == "console"
    assert [route.id for route in loaded.routes] == ["low-severity", "trade-desk", "all"]


def test_every_list_reads_without_problems_and_there_are_enough_records(
    lists: list[Watchlist], entities: list[Entity]
) -> None:
    assert {watchlist.id for watchlist in lists} >= {
        *("russia-energy", "russia-officials", "heads-of-state", "iran", "dprk", "venezuela", "belarus"),
    }
    assert [problem for watchlist in lists for problem in watchlist.problems] == []
    assert len(entities) >= 120
    assert all(len(watchlist.entities) >= 5 for watchlist in lists)


def test_every_record_tells_its_source_type_country_and_programme(entities: list[Entity]) -> None:
    for entity in entities:
        source = urlsplit(entity.url)
        assert source.scheme == "https", entity.key
        assert source.hostname, entity.key
        assert entity.type is not EntityType.UNKNOWN, entity.key
        assert entity.countries, entity.key
        assert all(re.fullmatch("[a-z]{2}", country) for country in entity.countries), entity.key
        assert entity.programmes, entity.key


def test_names_are_said_once_and_in_their_own_script_too(entities: list[Entity]) -> None:
    owners: dict[str, set[str]] = {}  # by id: who stands on two lists has the same id on both
    for entity in entities:
        for name in entity.names:
            owners.setdefault(unicodedata.normalize("NFKC", name.text).casefold(), set()).add(entity.id)
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == {}
    own_script = {"ru": "CYRILLIC", "by": "CYRILLIC", "ir": "ARABIC", "kp": "HANGUL"}
    for country, script in own_script.items():
        of_country = [entity for entity in entities if country in entity.countries]
        having = [entity for entity in of_country if script in {name.script for name in entity.names}]
        assert len(having) / len(of_country) > 0.9, country


def test_check_digits_fit(entities: list[Entity]) -> None:
    assert [
        (entity.key, wrong)
        for entity in entities
        for kind, value in entity.identifiers
        if (wrong := identifiers.problem(kind, value))
    ] == []


def test_the_firms_of_october_2025(lists: list[Watchlist]) -> None:
    energy = next(watchlist for watchlist in lists if watchlist.id == "russia-energy")
    for entity_id, official in (("rosneft", "OPEN JOINT-STOCK COMPANY ROSNEFT OIL COMPANY"), ("lukoil", "LUKOIL OAO")):
        entity = energy.by_id[entity_id]
        assert str(entity.listed) == "2025-10-22"
        assert official in {name.text for name in entity.names}


def test_numbers_at_ofac_are_those_of_its_real_files(entities: list[Entity]) -> None:
    known: dict[str, str] = {}
    for name in (
        *("ofac-sdn-2024-05-03.csv", "ofac-sdnset-2024-01-08.sdn.csv"),
        *("ofac-sdn-2026-mid.extract.csv", "ofac-cons-2025-12-19.prim.csv"),
    ):
        known |= {entity.id: entity.name for entity in read_list(shared("lists", name)).entities}
    later = {line.partition(",")[0] for line in _lines("ofac-sdnset-2025-12-24.add.csv")}
    for entity in entities:
        number = dict(entity.identifiers).get("ofac")
        if number is None:
            continue
        assert entity.url == f"https://sanctionssearch.ofac.treas.gov/Details.aspx?id={number}", entity.key
        assert number in known or number in later, entity.key
        if number in known and entity.id != "andariel":
            assert known[number] in {name.text for name in entity.names}, entity.key


def _lines(name: str) -> list[str]:
    return shared("lists", name).read_text(encoding="utf-8", errors="replace").splitlines()


def test_feeds_are_many_in_many_languages_and_from_many_houses(settings: Settings) -> None:
    feeds = settings.feeds
    assert len(feeds) >= 40
    assert {feed.lang for feed in feeds} >= {"ru", "uk", "de", "fr", "es", "pt", "it", "pl", "fa", "zh"}
    assert {tag for feed in feeds for tag in feed.tags} >= {"world", "business", "russia", "ukraine", "iran"}
    assert all(feed.enabled and feed.tags for feed in feeds)
    houses = Counter(urlsplit(feed.url).hostname for feed in feeds)
    assert houses.most_common(1)[0][1] <= 2, houses
    assert len({feed.url for feed in feeds}) == len(feeds)
    assert sum(feed.url.startswith("https:") for feed in feeds) > 0.8 * len(feeds)


def test_every_feed_names_the_evidence_for_its_address() -> None:
    rows = [line for line in FEEDS.read_text().splitlines() if line.startswith("- {")]
    without = [row for row in rows if not re.search(r"# (lists|item|self)\b", row)]
    assert without == []


def test_feeds_known_from_surveys_alone_are_off_and_right_when_they_are_uncommented(tmp_path: Path) -> None:
    lines = FEEDS.read_text().splitlines()
    off = [line for line in lines if line.startswith("# - {") and "search:" not in line]
    assert len(off) == 9
    assert all(re.search(r"\}  # seen\b", line) for line in off)
    (tmp_path / "feeds.yaml").write_text("\n".join(line.removeprefix("# ") if line in off else line for line in lines))
    (tmp_path / "monitor.yaml").write_text(f"watchlists: [{LISTS}]\nfeeds: feeds.yaml\n")
    loaded = config.load(tmp_path / "monitor.yaml", {})
    assert {"oilprice", "gcaptain", "bbc-arabic"} <= {feed.id for feed in loaded.feeds}
    assert len({feed.url for feed in loaded.feeds}) == len(loaded.feeds)


def test_feeds_said_to_stand_in_the_collections_stand_there(settings: Settings) -> None:
    documents = [*shared("opml").rglob("*.opml"), *(path for path in shared("feeds", "real").rglob("*.xml"))]
    texts = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in documents)
    evidence = dict(re.findall(r"^- \{id: ([\w-]+),.*# (lists|self)", FEEDS.read_text(), re.MULTILINE))
    assert len(evidence) > 30
    for feed in settings.feeds:
        if feed.id in evidence:
            assert feed.url in texts, feed.id


@pytest.mark.parametrize("name", sorted(config_schema.SCHEMAS))
def test_shipped_schemas_are_those_of_the_models(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == config_schema.text(name), "run `make schema`"


def test_the_schemas_know_every_key_and_refuse_others() -> None:
    schema = json.loads((LISTS / "watchlist.schema.json").read_text())
    assert schema["additionalProperties"] is False
    assert {"watchlist", "entities", "source", "include", "refresh"} <= schema["properties"].keys()
    assert {"name", "weak_aliases", "exclude", "listed"} <= schema["$defs"]["EntityRow"]["properties"].keys()
    assert set(SOURCES) <= set(json.dumps(schema["properties"]["source"]).replace('"', " ").split())


EDITED = sorted([*LISTS.rglob("*.yaml"), ROOT / "config" / "monitor.yaml", ROOT / "config" / "feeds.yaml"])


@pytest.mark.parametrize("path", EDITED, ids=lambda path: path.name)
def test_every_file_names_its_schema_for_editors(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named is not None, first
    assert (path.parent / named[1]).is_file()
