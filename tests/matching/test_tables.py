"""The tables are what data/README.md says: well-formed, sourced, without contradictions, and the loader reads them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from monitor import strictyaml
from monitor.matching import tables, words

DATA = resources.files("monitor.matching") / "data"
FILES = ["calendar", "generic", "given_names", "legal_forms", "names", "places", "titles", "translations"]
LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]+)?")
CULTURES = {"nordic", "south-asia", "africa", "caucasus"}


def read(name: str) -> dict[str, Any]:
    return strictyaml.parse(Path(name), (DATA / f"{name}.yaml").read_text("utf-8")).data


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, leaf) of everything below."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def scripts(text: str) -> set[str]:
    return {unicodedata.name(c, "?").split()[0] for c in text if c.isalpha() and ord(c) != 0x2BB}


def fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@pytest.fixture(scope="module", params=FILES)
def table(request: pytest.FixtureRequest) -> tuple[str, str, dict[str, Any]]:
    return request.param, (DATA / f"{request.param}.yaml").read_text("utf-8"), read(request.param)


class TestEveryTable:
    def test_states_its_sources(self, table: tuple[str, str, dict[str, Any]]) -> None:
        _, _, data = table
        assert data["sources"]
        assert all(len(source) > 20 for source in data["sources"])

    def test_is_nfc_and_has_no_invisible_characters(self, table: tuple[str, str, dict[str, Any]]) -> None:
        _, text, _ = table
        assert unicodedata.is_normalized("NFC", text)
        odd = {c for c in text if unicodedata.category(c) in ("Cf", "Co", "Cn", "Cc", "Zs")} - {" ", "\n", "\u200c"}
        assert not odd  # the zero-width non-joiner is part of Persian spelling

    def test_leaves_are_strings_without_edges(self, table: tuple[str, str, dict[str, Any]]) -> None:
        name, _, data = table
        wrong = [
            (path, leaf)
            for path, leaf in leaves({k: v for k, v in data.items() if k != "kinds"})
            if not isinstance(leaf, str) or leaf != leaf.strip() or not leaf
        ]
        assert not wrong, name

    def test_no_list_says_a_thing_twice(self, table: tuple[str, str, dict[str, Any]]) -> None:
        name, _, data = table

        def twice(value: Any, path: str) -> Iterator[str]:
            if isinstance(value, dict):
                for key, inner in value.items():
                    yield from twice(inner, f"{path}/{key}")
            elif isinstance(value, list):
                counts = Counter(leaf for leaf in value if isinstance(leaf, str))
                yield from (f"{path}: {leaf}" for leaf, count in counts.items() if count > 1)
                for inner in value:
                    yield from twice(inner, path)

        assert not list(twice(data, name))

    def test_no_word_mixes_look_alike_scripts(self, table: tuple[str, str, dict[str, Any]]) -> None:
        _, _, data = table
        confusable = ({"LATIN", "CYRILLIC"}, {"LATIN", "GREEK"}, {"CYRILLIC", "GREEK"}, {"LATIN", "ARABIC"})
        words = [word for _, leaf in leaves(data) if isinstance(leaf, str) for word in leaf.split()]
        assert not [word for word in words if any(pair <= scripts(word) for pair in confusable)]


class TestLegalForms:
    data = read("legal_forms")

    def test_many_countries(self) -> None:
        assert len({country for form in self.data["forms"] for country in form["countries"]}) >= 100

    def test_classes_are_declared(self) -> None:
        declared = set(self.data["classes"])
        assert {form["class"] for form in self.data["forms"]} <= declared
        assert {kind for pair in self.data["compatible"] for kind in pair} <= declared

    def test_positions(self) -> None:
        assert {form.get("position", "end") for form in self.data["forms"]} == {"end", "start", "any"}

    def test_written_out_forms_have_one_meaning(self) -> None:
        compatible = {frozenset(pair) for pair in self.data["compatible"]}
        kinds: defaultdict[str, set[str]] = defaultdict(set)
        for form in self.data["forms"]:
            for spelling in form["spellings"]:
                if len(spelling.split()) > 2:
                    kinds[fold(spelling)].add(form["class"])
        unclear = {
            spelling: sorted(some)
            for spelling, some in kinds.items()
            if any(frozenset((a, b)) not in compatible for a in some for b in some if a < b)
        }
        assert set(unclear) <= {"limited liability partnership"}  # Kazakhstan's is a company, England's a partnership

    def test_weak_spellings_are_legal_forms(self) -> None:
        known = {fold(spelling).replace(".", "") for form in self.data["forms"] for spelling in form["spellings"]}
        assert not [weak for weak in self.data["weak"] if fold(weak).replace(".", "") not in known]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("OAO", "Open Joint Stock Company"),
            ("ОАО", "открытое акционерное общество"),
            ("ООО", "LLC"),
            ("PJSC", "ПАО"),
            ("GmbH", "Ltd"),
            ("S.A.", "Aktiengesellschaft"),
            ("有限公司", "Co Ltd"),
            ("AŞ", "A.S."),
            ("sp. z o.o.", "s.r.o."),
        ],
    )
    def test_translated_forms_agree(self, one: str, other: str) -> None:
        compatible = {frozenset(pair) for pair in self.data["compatible"]}

        def classes(spelling: str) -> set[str]:
            return {form["class"] for form in self.data["forms"] if spelling in form["spellings"]}

        assert classes(one)
        assert classes(other)
        assert any(a == b or frozenset((a, b)) in compatible for a in classes(one) for b in classes(other))


class TestGivenNames:
    data = read("given_names")

    def test_several_hundred_groups(self) -> None:
        assert len(self.data["groups"]) >= 500

    def test_a_spelling_has_one_group_per_gender(self) -> None:
        groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for group in self.data["groups"]:
            for spelling in {fold(name) for name in [group["name"], *group.get("spelling", ())]}:
                groups[spelling, group["gender"]].append(group["name"])
        assert not {key: some for key, some in groups.items() if len(some) > 1}

    def test_keys_and_genders(self) -> None:
        keys = {"name", "gender", "spelling", "translation", "nickname"}
        assert not [group["name"] for group in self.data["groups"] if set(group) - keys or group["gender"] not in "mfu"]

    def test_nobody_is_a_translation_of_his_own_spelling(self) -> None:
        for group in self.data["groups"]:
            own = {group["name"], *group.get("spelling", ())}
            assert not own & set(group.get("translation", ())), group["name"]

    def test_spelling_is_stronger_than_the_rest(self) -> None:
        kinds = {kind: float(value) for kind, value in self.data["kinds"].items()}
        assert kinds["spelling"] == 1.0
        assert kinds["spelling"] > kinds["nickname"] > kinds["translation"] > 0.8

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Mohammed", "Muhammad"),
            ("Yevgeny", "Evgenii"),
            ("Oleksandr", "Aleksandr"),
            ("Hossein", "Husayn"),
            ("Abdelaziz", "Abdul Aziz"),
            ("Bill", "William"),
            ("Pepe", "José"),
            ("Саша", "Александр"),
            ("Jong-un", "Chong Un"),
        ],
    )
    def test_known_variants_share_a_group(self, one: str, other: str) -> None:
        names = tables.given_names()
        groups = [{group for group, _ in names["".join(tables.phrase(name))]} for name in (one, other)]
        assert groups[0] & groups[1]

    @pytest.mark.parametrize(
        ("one", "other"), [("Aleksandr", "Aleksandra"), ("Hassan", "Hussein"), ("Ivan", "Igor"), ("Ahmad", "Hamad")]
    )
    def test_different_names_share_none(self, one: str, other: str) -> None:
        names = tables.given_names()
        strong = [{group for group, value in names["".join(tables.phrase(n))] if value == 1.0} for n in (one, other)]
        assert all(strong)
        assert not strong[0] & strong[1]


class TestOtherTables:
    def test_languages(self) -> None:
        for name in ("titles", "generic"):
            for key, value in read(name).items():
                if key in ("sources", "also_names", "generation", "abbreviations"):
                    continue
                inner = value.values() if key in ("before", "after") else [value]
                assert not [lang for some in inner for lang in some if not LANGUAGE.fullmatch(lang)], f"{name}/{key}"

    def test_generations_exclude_each_other(self) -> None:
        kinds = read("titles")["generation"]
        words = [fold(word) for some in kinds.values() for word in some]
        assert len(words) == len(set(words))

    def test_countries_are_iso_codes(self) -> None:
        codes = strictyaml.parse(
            Path("countries"),
            (resources.files("monitor.watchlists") / "data" / "countries.yaml").read_text("utf-8"),
        ).data["countries"]
        places = read("places")
        assert all(re.fullmatch("[a-z]{2}", code) for code in [*places["countries"], *places["cities"]])
        assert len(set(places["countries"]) & set(codes)) > 100
        assert set(places["cities"]) <= set(places["countries"])

    def test_translation_groups_do_not_swallow_each_other(self) -> None:
        groups = read("translations")["groups"]
        assert len({group[0] for group in groups}) == len(groups)
        assert all(len(group) > 1 for group in groups)

    def test_cultures_of_names(self) -> None:
        data = read("names")
        for kind in ("surnames", "given"):
            assert all(LANGUAGE.fullmatch(culture) or culture in CULTURES for culture in data[kind])
            assert all(set(classes) <= {"very-common", "common"} for classes in data[kind].values())
            for culture, classes in data[kind].items():
                assert not set(classes["very-common"]) & set(classes["common"]), f"{kind}/{culture}"

    def test_places_know_countries_and_cities(self) -> None:
        known = tables.places().known
        assert {"syria", "tehran", "syrian", "moscow", "москва"} <= known


class TestWords:
    text = (DATA / "words.txt").read_text("utf-8")

    def test_size(self) -> None:
        assert len(self.text.encode()) < 1_500_000
        assert self.text.count("\n") > 60_000

    def test_rows(self) -> None:
        rows = [line.split("\t") for line in self.text.splitlines() if not line.startswith("#")]
        words = [row[0] for row in rows]
        assert words == sorted(set(words))
        assert not [word for word in words if fold(word) != word]
        assert all(1 <= int(df) <= 10_000 for _, df, _, _ in rows)
        assert all(share == "-" or 0 <= int(share) <= 100 for row in rows for share in row[2:])

    def test_tells_words_from_names(self) -> None:
        assert words.word("said").lower > 95
        assert words.word("chairman").lower > 80
        assert words.word("putin").lower < 5
        assert words.word("smith").chain > 80
        assert words.word("the").df > 5_000
        assert words.word("zvezdoruchko") == words.UNSEEN
