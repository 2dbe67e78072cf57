"""Files that are broken, swapped, or made to hurt: one clear line each, in bounded time and memory."""

from __future__ import annotations

import csv
import gzip
import io
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import MonitorError
from monitor.watchlists.official import MAX_NAMES
from monitor.watchlists.read import read_list
from tests.watchlists import test_collections, test_publishers
from tests.watchlists.ofac import row, text
from tests.watchlists.test_forms import CSL_JSON, UK_CSV

FORMS = {
    **{name: content.encode() for name, content in test_publishers.FORMS.items()},
    **{name: content.encode() for name, content in test_collections.FORMS.items()},
    "uk.csv": UK_CSV.encode(),
    "csl.json": CSL_JSON.encode(),
    "sdn.csv": text(*[row(100 + n, f"KESTREL {n}") for n in range(30)]),
    "mine.yaml": b"watchlist: mine\nentities: [{name: Kestrel Holdings, aliases: [Kestrel, Kestrel Group]}]\n",
}

MILLION = 1_000_000
MEMORY = 600_000_000
"""Bytes that a hostile file of up to 120 MB may cost a process, its interpreter and the readers of 60 MB included."""

SECONDS = 60
"""Of the processor."""


def refused(path: Path, content: bytes) -> str:
    """What a person is told; "" when the file was read all the same."""
    path.write_bytes(content)
    try:
        watchlist = read_list(path)
    except MonitorError as error:
        said = str(error)
        assert path.name in said
        assert len(said.splitlines()) == 1
        assert len(said) < 1_000
        return said
    assert all(entity.id and entity.name for entity in watchlist.entities)
    return ""


@pytest.mark.parametrize("name", FORMS)
def test_a_file_cut_anywhere_reads_in_part_or_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    whole = FORMS[name]
    chance = random.Random(name)
    for _ in range(25):
        refused(tmp_path / name, whole[: chance.randrange(len(whole))])


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1251", "shift_jis", "gzip", "zeros"])
def test_another_encoding_is_read_or_refused_in_one_line(tmp_path: Path, name: str, encoding: str) -> None:
    whole = FORMS[name]
    changed = {
        "gzip": lambda: gzip.compress(whole),
        "zeros": lambda: bytes(len(whole)),
    }.get(encoding, lambda: whole.decode().encode(encoding, "replace"))()
    said = refused(tmp_path / name, changed)
    if encoding in {"gzip", "zeros"}:
        assert said, "nothing of it can have been understood"


TABLES = {
    "csl.csv": ",",
    "conlist.csv": ",",
    "uk.csv": ",",
    "targets.simple.csv": ",",
    "eu11.csv": ";",
    "eu10.csv": ";",
}


@pytest.mark.parametrize("name", TABLES)
def test_columns_under_other_headers_never_pass_for_the_list(tmp_path: Path, name: str) -> None:
    """The header stands, its cells moved by one, as after a column was put in: ids, names and types are others."""
    lines = list(csv.reader(io.StringIO(FORMS[name].decode(), newline=""), delimiter=TABLES[name]))
    first = next(number for number, cells in enumerate(lines) if len(cells) > 5)
    moved = [cells if number <= first else [*cells[-1:], *cells[:-1]] for number, cells in enumerate(lines)]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=TABLES[name]).writerows(moved)
    said = refused(tmp_path / name, out.getvalue().encode())
    if not said:
        real, shifted = tmp_path / f"real-{name}", read_list(tmp_path / name)
        real.write_bytes(FORMS[name])
        told = len(shifted.problems)
        names = {entity.name for entity in read_list(real).entities}
        assert told or not names & {entity.name for entity in shifted.entities}


def _xml(head: str, open_: str, one: str, close: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write(head + open_)
            for start in range(0, MILLION, 1000):
                file.write("".join(one.replace("#", str(n)) for n in range(start, start + 1000)))
            file.write(close)

    return write


def _rows(head: str, one: str, delimiter: str = "") -> Callable[[Path], None]:
    return _xml(head, "", one, delimiter)


HURTING: dict[str, Callable[[Path], None]] = {
    "ofac.xml": _xml(
        "<sdnList><sdnEntry><uid>1</uid><lastName>KESTREL</lastName><sdnType>Entity</sdnType>",
        "<akaList>",
        "<aka><lastName>K #</lastName></aka>",
        "</akaList></sdnEntry></sdnList>",
    ),
    "un.xml": _xml(
        "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><REFERENCE_NUMBER>X</REFERENCE_NUMBER><FIRST_NAME>K</FIRST_NAME>",
        "",
        "<INDIVIDUAL_ALIAS><ALIAS_NAME>K #</ALIAS_NAME></INDIVIDUAL_ALIAS>",
        "</INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>",
    ),
    "one-alias-element.xml": _xml(
        "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><REFERENCE_NUMBER>X</REFERENCE_NUMBER><FIRST_NAME>K</FIRST_NAME>",
        "<INDIVIDUAL_ALIAS><ALIAS_NAME>",
        "Kestrel # ;",
        "</ALIAS_NAME></INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>",
    ),
    "eu.csv": _rows(test_collections.EU_11.partition("\r\n")[0] + "\n", "2;1;EU.1;;2021-07-03;;P;EXA;u;Kestrel #;;;\n"),
    "conlist.csv": _rows(
        "\n".join(test_publishers.CONLIST.splitlines()[:2]) + "\n", "KESTREL #,,,,,,,,,,,Entity,AKA,,X,01/04/2016,1\n"
    ),
    "nested.json": _rows(
        '{"id": "NK-1", "schema": "Company", "target": true, "caption": "K", "properties": {"alias": [',
        '"Kestrel #",',
        '"K"]}}\n',
    ),
    "csl.csv": _rows(
        test_publishers.CSL.partition("\n")[0] + '\n"1","X (SDN)","1","Entity","P","Kestrel","","","","","","","',
        "Kestrel #; ",
        '","","","",""\n',
    ),
    "csl.json": _rows(
        '{"results": [{"source_list_url": "x", "id": "1", "source": "X (SDN)", "name": "Kestrel", "alt_names": [',
        '"Kestrel #",',
        '"K"]}]}',
    ),
}


def _again(content: str, fragment: str, *, before: str) -> Callable[[Path], None]:
    """A made file in which a fragment stands a million times before something of it; `#` in it is a number."""
    assert before in content
    head, _, tail = content.partition(before)
    return _xml(head, "", fragment, before + tail)


LOW_UK = "<Name><Name6>Kestrel #</Name6><NameType>Alias</NameType></Name>"
ALIAS = '<Alias Primary="false" LowQuality="false"><DocumentedName><DocumentedNamePart><NamePartValue>K #' + (
    "</NamePartValue></DocumentedNamePart></DocumentedName></Alias>"
)

HURTING |= {
    "uk.xml": _again(test_publishers.UK, LOW_UK, before="</Names>"),
    "eu.xml": _again(test_publishers.EU, '<nameAlias wholeName="Kestrel #" strong="true"/>', before="<citizenship"),
    "seco.xml": _again(
        test_publishers.SECO,
        '<name name-type="alias"><name-part><value>Kestrel #</value></name-part></name>',
        before="<nationality>",
    ),
    "canada.xml": _again(test_publishers.CANADA, "Kestrel #; ", before="АО Кестрел;"),
    "advanced.xml": _again(test_collections.ADVANCED, ALIAS, before="<NamePartGroups>"),
    "targets.simple.csv": _again(test_collections.SIMPLE, "Kestrel #;", before="Kestrel Group;"),
    "entities.ftm.json": _again(
        test_collections.FTM,
        '{"id": "s#", "schema": "Sanction", "caption": "", "target": false, "properties": {"entity": ["NK-1"], '
        '"program": ["Order #"]}}\n',
        before=test_collections.FTM.partition("\n")[2],
    ),
    "uk.csv": _rows(
        "\n".join(UK_CSV.splitlines()[:2]) + "\n",
        UK_CSV.splitlines()[2].replace("Abu Kestrel", "Kestrel #") + "\n",
    ),
    "dpl.txt": _rows(
        "Name\tStreet_Address\tCountry\tEffective_Date\tFR_Citation\n", "KESTREL\tHarbour Road #\tCY\t01/02/2019\t84\n"
    ),
    "spellings.txt": lambda path: _spelt(path),
}


def _spelt(path: Path) -> None:
    """A million spellings of one name, which differ in case and hyphens alone."""
    letters = "kestrelholdingsgroupmarine"
    with path.open("w", encoding="utf-8") as file:
        for number in range(MILLION):
            file.write("".join(c.upper() if number >> place & 1 else c for place, c in enumerate(letters)) + "\n")


SAMPLE = frozenset(list(HURTING)[::3])
"""Of these the short tests make sure; of all of them the long ones."""


@pytest.mark.parametrize(
    "name", [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.soak) for name in HURTING]
)
def test_a_million_aliases_of_one_record_are_one_line_in_bounded_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    HURTING[name](path)
    said = _in_a_process_of_its_own(path)
    assert said.startswith("refused: ")
    assert len(said) < 1_000


def test_a_million_rows_of_aliases_beside_ofacs_list_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "sdn.csv").write_bytes(text(row(100, "KESTREL")))
    _rows("", '100,#,"aka","KESTREL #",-0- \n')(tmp_path / "alt.csv")
    said = _in_a_process_of_its_own(tmp_path / "sdn.csv")
    assert f"alt.csv:5002: more than {MAX_NAMES:,} names of one record (100)" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("quote.csv", text(*[row(100 + n, f"KESTREL {n}") for n in range(30)]) + b'200,"' + b"x" * 30_000_000),
        ("line.csv", b"x" * 30_000_000),
        ("deep.xml", b"<sdnList>" + b"<a>" * 300_000),
        ("deep.json", b'{"id": "x", "schema": "y", "properties": ' + b"[" * 300_000),
        ("attribute.xml", b'<sdnList a="' + b"x" * 30_000_000 + b'">'),
        ("text.xml", b"<sdnList><sdnEntry><uid>" + b"x" * 30_000_000),
        ("names.txt", b"Kestrel Holdings\nHeron\n" + b"x" * 30_000_000),
    ],
    ids=["open quote", "one long line", "deep XML", "deep JSON", "long attribute", "long text", "long name"],
)
def test_what_is_long_or_deep_is_refused_in_bounded_memory(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    said = _in_a_process_of_its_own(tmp_path / name)
    assert said.startswith("refused: ") or "problems" in said
    assert len(said) < 1_000


READ = f"""
import sys
from pathlib import Path
import resource
from monitor.errors import SourceError
from monitor.watchlists.read import read_list
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS},) * 2)
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY} + 400_000_000,) * 2)
try:
    read = read_list(Path(sys.argv[1]))
    print(f"{{len(read.entities)}} records, {{len(read.problems)}} problems")
except SourceError as error:
    print(f"refused: {{error}}")
status = Path("/proc/self/status")  # where there is one: what getrusage tells may be the parent's from before
held = (
    int(status.read_text().partition("VmHWM:")[2].split()[0]) if status.exists()
    else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
)
assert held * 1024 < {MEMORY}, f"too much memory: {{held}} kB"
"""


def _in_a_process_of_its_own(path: Path) -> str:
    """What reading the file comes to, in one line; a process that takes too much memory or time is killed."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (said,) = done.stdout.splitlines()
    return said
