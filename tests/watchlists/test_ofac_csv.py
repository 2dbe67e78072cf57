"""OFAC's CSV: the form on invented records, the counts and known records on the publisher's real files."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.model.watchlists import EntityType, NameKind, Watchlist
from monitor.watchlists import identifiers, ofac_csv
from monitor.watchlists.read import read_list
from tests.shared import shared
from tests.watchlists.ofac import NULL, address, alias, row, text


def _names(watchlist: Watchlist, entity_id: str) -> dict[str, str]:
    return {name.text: name.kind.value for name in watchlist.by_id[entity_id].names}


def _written(directory: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (directory / f"{name}.csv").write_bytes(content)
    return directory / "sdn.csv"


def test_a_set_is_read_with_aliases_addresses_and_spilled_remarks(tmp_path: Path) -> None:
    remarks = "DOB 1 May 1961; nationality Sudan; a.k.a. 'Abu Kestrel'; Passport P123"
    path = _written(
        tmp_path,
        sdn=text(
            row(100, "KESTREL HOLDINGS", programmes="EXAMPLE-EO1] [EXAMPLE-EO2"),
            row(101, "ADEYEMI, Tobias Marlowe", "individual", remarks=remarks),
            '102,"NEPTUN TRADER","vessel","EXAMPLE-EO1",-0- ,"3ABC4","Crude Oil Tanker",-0- ,-0- ,"Panama",-0- ,'
            '"Vessel Registration Identification IMO 9074729; MMSI 352002853"',
        ),
        alt=text(alias(100, "KESTREL GROUP"), alias(100, "OLD KESTREL", "fka"), alias(101, "ADEYEMI, Toby")),
        add=text(address(100, "Cyprus"), address(100, "United Arab Emirates")),
        sdn_comments=text('101,"4567; Linked To: KESTREL HOLDINGS."'),
    )
    watchlist = read_list(path)
    assert (watchlist.id, watchlist.problems) == ("ofac-sdn", ())
    firm, person, ship = watchlist.entities
    assert (firm.type, person.type, ship.type) == (EntityType.ORGANIZATION, EntityType.PERSON, EntityType.VESSEL)
    assert firm.programmes == ("EXAMPLE-EO1", "EXAMPLE-EO2")
    assert firm.countries == ("cy", "ae")
    assert _names(watchlist, "100") == {"KESTREL HOLDINGS": "primary", "KESTREL GROUP": "alias", "OLD KESTREL": "alias"}
    assert _names(watchlist, "101")["Abu Kestrel"] == "weak"
    assert person.countries == ("sd",)
    assert person.notes.endswith("Passport P1234567; Linked To: KESTREL HOLDINGS.")
    assert ("imo", "9074729") in ship.identifiers
    assert ship.countries == ("pa",)
    assert person.url == "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=101"


def test_a_weak_alias_marked_by_its_type_is_weak(tmp_path: Path) -> None:
    path = _written(tmp_path, sdn=text(row(100, "KESTREL")), alt=text(alias(100, "THE BIRD", "a.k.a. weak")))
    assert _names(read_list(path), "100")["THE BIRD"] == "weak"


def test_each_set_takes_its_own_siblings(tmp_path: Path) -> None:
    """Both of OFAC's sets in one directory, as somebody downloads them."""
    _written(tmp_path, sdn=text(row(100, "KESTREL")), alt=text(alias(100, "KESTREL A")))
    _written(tmp_path, cons_prim=text(row(200, "HERON")), cons_alt=text(alias(200, "HERON A")))
    assert _names(read_list(tmp_path / "sdn.csv"), "100") == {"KESTREL": "primary", "KESTREL A": "alias"}
    consolidated = read_list(tmp_path / "cons_prim.csv")
    assert consolidated.id == "ofac-consolidated"
    assert _names(consolidated, "200") == {"HERON": "primary", "HERON A": "alias"}


def test_names_in_cp1252_and_in_utf8_read_the_same(tmp_path: Path) -> None:
    content = text(row(100, "COMPAÑÍA MÜLLER"))
    for number, encoding in enumerate(("utf-8", "cp1252", "utf-8-sig")):
        place = tmp_path / str(number)
        place.mkdir()
        path = _written(place, sdn=content.decode().encode(encoding))
        assert read_list(path).entities[0].name == "COMPAÑÍA MÜLLER"


def test_a_malformed_record_is_told_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    good = [row(100 + n, f"KESTREL {n}") for n in range(40)]
    path = _written(tmp_path, sdn=text(*good[:20], '777,"CUT OFF"', 'x,"NO ID",' + ",".join([NULL] * 10), *good[20:]))
    watchlist = read_list(path)
    assert len(watchlist.entities) == 40
    assert [problem.partition(".csv:")[2] for problem in watchlist.problems] == [
        "21: 2 cells where 12 are due; record skipped",
        "22: 'x' is no id; record skipped",
    ]


def test_an_id_twice_and_aliases_of_nobody_are_told(tmp_path: Path) -> None:
    path = _written(tmp_path, sdn=text(row(100, "KESTREL"), row(100, "HERON")), alt=text(alias(999, "LOST")))
    watchlist = read_list(path)
    assert [entity.name for entity in watchlist.entities] == ["KESTREL"]
    assert "the id 100 stands here a second time" in watchlist.problems[0]
    assert "1 records have aliases there but do not stand in sdn.csv" in watchlist.problems[1]


def test_a_file_that_is_mostly_not_understood_is_refused_whole(tmp_path: Path) -> None:
    rows = [row(100 + n, f"KESTREL {n}") for n in range(30)] + [f'{n},"SHIFTED","x"' for n in range(30)]
    path = _written(tmp_path, sdn=text(*rows))
    with pytest.raises(SourceError) as error:
        read_list(path)
    assert "not understood as OFAC's CSV: 30 records read, 30 problems, the first: " in str(error.value)
    assert f"{path}:31: 3 cells" in str(error.value)


def test_swapped_columns_another_encoding_and_html_are_refused_in_one_line(tmp_path: Path) -> None:
    whole = text(*[row(100 + n, f"KESTREL {n}") for n in range(30)])
    swapped = whole.replace(b'-0- ,"EXAMPLE-EO1"', b'"EXAMPLE-EO1",-0- ')
    for content in (swapped, whole.decode().encode("utf-16"), b"<html><body>Access denied</body></html>", b""):
        path = _written(tmp_path, sdn=content)
        with pytest.raises(SourceError) as error:
            read_list(path)
        assert "\n" not in str(error.value)
        assert str(path) in str(error.value)


def test_very_many_aliases_of_one_record_are_read_once_each(tmp_path: Path) -> None:
    aliases = b"".join(b'100,%d,"aka","KESTREL %d",-0- \r\n' % (n, n % 500) for n in range(50_000))
    watchlist = read_list(_written(tmp_path, sdn=text(row(100, "KESTREL")), alt=aliases))
    assert len(watchlist.entities[0].names) == 501


_WHOLE = text(
    *[row(100 + n, f'KESTREL "{n}" LÍNEA', "individual" if n % 3 else NULL, remarks=f"DOB 19{n}") for n in range(12)]
)


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_a_file_it_reads_or_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["cut", "flip", "quote", "double"])):
            case "cut":
                del content[at:]
            case "flip":
                content[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
            case "quote":
                content[at:at] = b'"'
            case _:
                content[at:at] = content[at : at + 200]
    path = _written(tmp_path, sdn=bytes(content))
    try:
        watchlist = ofac_csv.read(path)
    except SourceError:
        return
    assert all(entity.names and entity.name for entity in watchlist.entities)
    assert len({entity.id for entity in watchlist.entities}) == len(watchlist.entities)


# ── the publisher's real files ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sdn() -> Watchlist:
    return read_list(shared("lists", "ofac-sdnset-2024-01-08.sdn.csv"))


def test_the_real_set_of_january_2024(sdn: Watchlist) -> None:
    kinds = Counter(name.kind for entity in sdn.entities for name in entity.names)
    assert len(sdn.entities) == 13_821
    assert sdn.problems == ()
    assert kinds[NameKind.PRIMARY] == 13_821
    assert kinds[NameKind.ALIAS] == 17_091 - 3  # three rows repeat an alias of their record
    assert kinds[NameKind.WEAK] > 3000
    assert Counter(entity.type for entity in sdn.entities)[EntityType.VESSEL] == 764


def test_known_records_of_the_real_set(sdn: Watchlist) -> None:
    putin = sdn.by_id["35096"]
    assert (putin.name, putin.type, putin.countries) == ("PUTIN, Vladimir Vladimirovich", EntityType.PERSON, ("ru",))
    assert sdn.by_id["10391"].programmes[:3] == ("FTO", "SDGT", "NPWMD")
    assert "THE BASE" in {name.text for entity in sdn.entities for name in entity.names if "AL QA" in entity.name}
    assert _names(sdn, "4697")["ESO"] == "weak"
    assert {"MADURO MOROS, Nicolas"} <= {entity.name for entity in sdn.entities}
    assert not {"17022", "17248"} & sdn.by_id.keys()  # Rosneft and Lukoil came in October 2025


def test_identifiers_of_real_records_have_fitting_check_digits(sdn: Watchlist) -> None:
    held = [(kind, value) for entity in sdn.entities for kind, value in entity.identifiers if kind in {"imo", "lei"}]
    wrong = [pair for pair in held if identifiers.problem(*pair)]
    assert len(held) > 700
    assert len(wrong) <= 3, wrong  # the publisher's own slips


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("ofac-sdn-2024-02-20.csv", 13_931),
        ("ofac-sdn-2024-05-03.csv", 14_965),
        ("ofac-sdn-2026-mid.extract.csv", 11),
        ("ofac-cons-2025-08-18.prim.csv", 443),
        ("ofac-cons-2025-12-19.prim.csv", 442),
    ],
)
def test_counts_of_real_files(name: str, records: int) -> None:
    watchlist = read_list(shared("lists", name))
    assert (len(watchlist.entities), watchlist.problems) == (records, ())


def test_both_firms_of_october_2025_in_the_real_extract() -> None:
    watchlist = read_list(shared("lists", "ofac-sdn-2026-mid.extract.csv"))
    assert watchlist.by_id["17248"].name == "LUKOIL OAO"
    assert watchlist.by_id["17022"].programmes == ("UKRAINE-EO13662", "RUSSIA-EO14024")
    assert ("lei", "549300LCJ1UJXHYBWI24") in watchlist.by_id["17248"].identifiers


def test_a_real_file_truncated_anywhere_reads_or_is_refused(tmp_path: Path) -> None:
    whole = shared("lists", "ofac-cons-2025-12-19.prim.csv").read_bytes()
    chance = random.Random(20251219)
    for _ in range(10):
        path = tmp_path / "cons_prim.csv"
        path.write_bytes(whole[: chance.randrange(len(whole))])
        try:
            watchlist = read_list(path)
        except SourceError:
            continue
        assert len(watchlist.entities) <= 442
        assert len(watchlist.problems) <= 1
