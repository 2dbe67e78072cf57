"""Lists recognised by what is in them, and our own YAML with its filters."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from monitor.errors import ConfigError, SourceError
from monitor.watchlists.read import list_files, read_list, read_paths
from tests.watchlists.ofac import alias, row, text, write_set


def test_names_of_files_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "download (3).bin").write_bytes(text(row(1, "KESTREL")))
    (tmp_path / "mine.txt").write_text("# my list\nwatchlist: mine\nentities: [{name: Kestrel Holdings}]\n")
    assert read_list(tmp_path / "download (3).bin").id == "ofac-sdn"
    assert read_list(tmp_path / "mine.txt").id == "mine"


def test_a_directory_is_its_yaml_files_and_nothing_below_them(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "official/c.yaml", "watchlist.schema.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"watchlist: {Path(name).stem}\nentities: [{{name: Kestrel {name[0]}}}]\n")
    assert [path.name for path in list_files(tmp_path)] == ["a.yml", "b.yaml"]
    assert [watchlist.id for watchlist in read_paths([tmp_path])] == ["a", "b"]


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("call the port on Monday")
    with pytest.raises(SourceError, match=r"notes\.txt: not a list that is known"):
        read_list(tmp_path / "notes.txt")
    with pytest.raises(ConfigError, match=r"missing\.yaml: no such file"):
        read_paths([tmp_path / "missing.yaml"])
    with pytest.raises(ConfigError, match="no watchlist"):
        read_paths([tmp_path])


def test_two_lists_of_one_id_are_refused_by_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("watchlist: same\nentities: [{name: Kestrel}]\n")
    with pytest.raises(ConfigError, match=r"two\.yaml: the watchlist id 'same' is that of .*one\.yaml"):
        read_paths([tmp_path])


def test_an_official_list_from_a_local_file_with_filters(tmp_path: Path) -> None:
    write_set(
        tmp_path / "ofac",
        primary=[
            row(1, "KESTREL", programmes="EXAMPLE-EO1] [EXAMPLE-EO2"),
            row(2, "ADEYEMI, Tobias", "individual", programmes="EXAMPLE-EO1"),
            row(3, "NEPTUN TRADER", "vessel", programmes="EXAMPLE-EO1"),
            row(4, "HERON", programmes="EXAMPLE-EO3"),
        ],
        aliases=[alias(1, "KESTREL GROUP")],
    )
    path = tmp_path / "list.yaml"

    def chosen(filters: str) -> list[str]:
        path.write_text(f"watchlist: mine\ntitle: Mine\nsource: ofac-sdn\nfile: ofac/sdn.csv\n{filters}\n")
        return [entity.id for entity in read_list(path).entities]

    assert chosen("") == ["1", "2", "3", "4"]
    assert chosen("include: {programmes: example-eo1, types: [person, organization]}") == ["1", "2"]
    assert chosen('exclude: {types: [vessel], ids: ["4"]}') == ["1", "2"]
    assert chosen("file: ofac\nrefresh: weekly".replace("file: ofac\n", "")) == ["1", "2", "3", "4"]
    watchlist = read_list(path)
    assert (watchlist.id, watchlist.title, {entity.watchlist for entity in watchlist.entities}) == (
        "mine",
        "Mine",
        {"mine"},
    )
    path.write_text("watchlist: mine\nsource: ofac-sdn\nfile: gone.csv\n")
    with pytest.raises(ConfigError, match=r"`file: gone\.csv` does not exist"):
        read_list(path)


def test_files_put_where_downloads_are_kept_are_used(tmp_path: Path) -> None:
    """Somebody without a way out to the network copies the files there by hand."""
    write_set(tmp_path / "lists" / "ofac-sdn", primary=[row(1, "KESTREL")], aliases=[alias(1, "K.")])
    (tmp_path / "list.yaml").write_text("watchlist: mine\nsource: ofac-sdn\n")
    (watchlist,) = read_paths([tmp_path / "list.yaml"], downloads=tmp_path / "lists")
    assert ([entity.name for entity in watchlist.entities], watchlist.problems) == (["KESTREL"], ())


OPENSANCTIONS = "\n".join(
    json.dumps({"id": id, "caption": name, "schema": "Company", "target": True, "properties": {"topics": topics}})
    for id, name, topics in (
        ("NK-1", "Kestrel Holdings", ["sanction", "corp.public"]),
        ("NK-2", "Heron Trading", ["export.control"]),
        ("NK-3", "Plover Bank", []),
    )
)


def test_filters_by_topic_and_those_that_fit_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "targets.nested.json").write_text(OPENSANCTIONS)
    path = tmp_path / "list.yaml"

    def chosen(filters: str) -> tuple[list[str], list[str], str]:
        path.write_text(f"watchlist: world\nsource: opensanctions\nfile: targets.nested.json\n{filters}\n")
        read = read_list(path)
        return [entity.id for entity in read.entities], [p.partition(": ")[2] for p in read.problems], read.version

    assert chosen("include: {topics: [Sanction]}")[:2] == (["NK-1"], [])
    assert chosen("include: {topics: [sanction, export.control]}\nexclude: {topics: corp.public}")[0] == ["NK-2"]
    whole, _, version = chosen("")
    assert whole == ["NK-1", "NK-2", "NK-3"]
    ids, told, filtered = chosen("include: {topics: [sanctions], ids: [NK-1]}\nexclude: {countries: [zz]}")
    assert (ids, told) == (
        [],
        [
            "`include: topics:` sanctions: no record of the list has it",
            "`exclude: countries:` zz: no record of the list has it",
        ],
    )
    assert filtered.startswith(f"{version}+"), "what was screened against is told"


def test_every_filter_alone(tmp_path: Path) -> None:
    write_set(
        tmp_path,
        primary=[
            row(1, "KESTREL", programmes="EXAMPLE-EO1] [EXAMPLE-EO2"),
            row(2, "ADEYEMI, Tobias", "individual", remarks="nationality Sudan"),
            row(3, "NEPTUN TRADER", "vessel", programmes="EXAMPLE-EO3"),
        ],
    )
    path = tmp_path / "list.yaml"
    for rule, ids in {
        "types: vessel": ["3"],
        "types: [person, vessel]": ["2", "3"],
        "programmes: [example-eo2, EXAMPLE-EO3]": ["1", "3"],
        "countries: SD": ["2"],
        'ids: ["1"]': ["1"],
        'ids: ["1", "2"], types: [person]': ["2"],
    }.items():
        path.write_text(f"watchlist: mine\nsource: ofac-sdn\nfile: sdn.csv\ninclude: {{{rule}}}\n")
        assert [entity.id for entity in read_list(path).entities] == ids, rule


def test_owners_on_an_official_list_are_called_as_the_list_is_here(tmp_path: Path) -> None:
    write_set(tmp_path, primary=[row(1, "KESTREL"), row(2, "HERON", remarks="(Linked To: KESTREL)")])
    path = tmp_path / "list.yaml"
    path.write_text(
        "watchlist: american\nsource: ofac-sdn\nfile: sdn.csv\noverlay:\n"
        '  "2": {owned_by: {name: Example Trust, share: 50, source: "https://register.example.org/1"}}\n'
    )
    assert [owner.said for owner in read_list(path).by_id["2"].owned_by] == [
        "linked to KESTREL (american/1), source https://sanctionssearch.ofac.treas.gov/Details.aspx?id=2",
        "50 % by Example Trust, source https://register.example.org/1",
    ]


def test_an_archive_of_one_file_is_that_list(tmp_path: Path) -> None:
    def packed(*names: str) -> Path:
        path = tmp_path / "list.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, text(row(1, "KESTREL"), row(2, "HERON"), row(3, "PLOVER"), '4,"SHORT"'))
        return path

    read = read_list(packed("../../t/data/SDN.CSV"))
    assert ([entity.name for entity in read.entities], read.origin) == (
        ["KESTREL", "HERON", "PLOVER"],
        str(tmp_path / "list.zip"),
    )
    assert read.problems == (f"{tmp_path}/list.zip:4: 2 cells where 12 are due; record skipped",)
    with pytest.raises(SourceError, match=r"list\.zip: an archive of 2 files"):
        read_list(packed("SDN.CSV", "ALT.CSV"))
    whole = packed("SDN.CSV").read_bytes()
    (tmp_path / "list.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"list\.zip: an archive that cannot be unpacked"):
        read_list(tmp_path / "list.zip")
