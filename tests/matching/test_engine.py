"""The matcher as its callers see it: hits with evidence, per list, whatever the text is made of."""

from __future__ import annotations

import string
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching import MATCHER_VERSION, Matcher, Outcome
from monitor.model.articles import Article
from monitor.model.matches import Hit
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Severity, Watchlist

PUTIN = Entity("ru", "putin", EntityType.PERSON, (Name("PUTIN, Vladimir Vladimirovich"),), severity=Severity.CRITICAL)
ROSNEFT = Entity(
    "ru",
    "rosneft",
    EntityType.ORGANIZATION,
    (Name("OPEN JOINT-STOCK COMPANY ROSNEFT OIL COMPANY"), Name("RN", NameKind.WEAK)),
    exclude=("Rosneft Stadium",),
)
DELTA = Entity("ru", "delta", EntityType.ORGANIZATION, (Name("Delta LLC"),), context=("ferry", "Odesa"))
RUSSIA = Watchlist("ru", (PUTIN, ROSNEFT, DELTA), version="7", severity=Severity.HIGH)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.compile([RUSSIA])


def article(text: str, title: str = "") -> Article:
    return Article("a1", title, text)


def found(hits: list[Hit]) -> dict[str, list[str]]:
    return {hit.entity.id: [match.mention.surface for match in hit.matches] for hit in hits}


class TestHits:
    def test_carry_their_evidence(self, matcher: Matcher) -> None:
        text = "Oil rose. Vladimir Putin met the head of Rosneft on Monday. Shares fell."
        putin, rosneft = matcher.screen(article(text))
        assert (putin.entity, putin.severity, putin.list_version) == (PUTIN, Severity.CRITICAL, "7")
        assert (rosneft.severity, rosneft.article, rosneft.matcher_version) == (Severity.HIGH, "a1", MATCHER_VERSION)
        best = putin.best
        assert best.snippet.text == "Vladimir Putin met the head of Rosneft on Monday."
        assert best.snippet.text[best.snippet.start : best.snippet.end] == best.mention.surface == "Vladimir Putin"
        assert putin.score == best.score >= 88.0
        assert "without the patronymic Vladimirovich" in putin.explanation
        assert putin.explanation.count("\n") + 1 == len(best.reasons)

    def test_the_surname_after_the_full_name_is_a_further_mention(self, matcher: Matcher) -> None:
        hits = matcher.screen(article("Vladimir Putin spoke. Putin left. The putin of old.", title="Putin speaks"))
        assert found(hits) == {"putin": ["Putin", "Vladimir Putin", "Putin"]}
        assert [match.mention.field for match in hits[0].matches] == ["title", "text", "text"]

    def test_the_surname_alone_is_none(self, matcher: Matcher) -> None:
        assert matcher.screen(article("Putin spoke.", title="Putin speaks")) == []

    def test_excluded_phrases_are_not_the_entity(self, matcher: Matcher) -> None:
        assert found(matcher.screen(article("They met at Rosneft Stadium."))) == {}

    def test_context_words_decide_for_ordinary_words(self, matcher: Matcher) -> None:
        assert found(matcher.screen(article("The Delta ran a ferry out of Odesa."))) == {"delta": ["Delta"]}
        assert found(matcher.screen(article("The Delta of the Nile is green."))) == {}

    def test_a_weak_alias_alone_is_none(self, matcher: Matcher) -> None:
        assert matcher.screen(article("RN shares fell.")) == []


class TestLists:
    def test_each_list_has_its_own_record_of_the_same_words(self) -> None:
        other = Watchlist("eu", (replace(PUTIN, watchlist="eu", id="p", severity=None),), threshold=99.5)
        text = article("Vladimir Putin spoke.")
        assert len(Matcher.compile([RUSSIA, replace(other, threshold=90.0)]).screen(text)) == 2
        assert len(Matcher.compile([RUSSIA, other]).screen(text)) == 1  # short of its threshold

    def test_one_record_for_one_span(self) -> None:
        son = Entity("l", "son", EntityType.PERSON, (Name("Nicolas Ernesto MADURO GUERRA"),))
        father = Entity("l", "father", EntityType.PERSON, (Name("Nicolas MADURO MOROS"),))
        both = Matcher.compile([Watchlist("l", (son, father))])
        assert found(both.screen(article("Nicolás Maduro Moros fell."))) == {"father": ["Nicolás Maduro Moros"]}

    def test_counts_and_versions(self, matcher: Matcher) -> None:
        assert (matcher.entities, matcher.names, matcher.versions) == (3, 4, (("ru", "7"),))
        assert Matcher.compile([]).screen(article("Vladimir Putin spoke.")) == []


class TestExplain:
    def test_tells_what_nearly_matched_and_what_was_missing(self, matcher: Matcher) -> None:
        readings = matcher.explain(article("RN shares fell. Vladimir Putin spoke."))
        assert [one.outcome for one in readings] == [Outcome.HIT, Outcome.BELOW]
        assert "weak-alias" in {reason.rule for reason in readings[1].match.reasons}


class TestText:
    """Offsets are code points into the untouched field; nothing in a text can break or slow the matcher."""

    pieces = st.one_of(
        st.sampled_from(
            [
                "Vladimir Putin",
                "PUTIN, Vladimir",
                "Роснефть",
                "Rosneft's",
                "Ros\u200bneft",
                "Rоsneft",
                "RoSNeft",
                "ＲＯＳＮＥＦＴ",
            ]
        ),
        st.text(max_size=8),
        st.text(string.punctuation + " \n\u0301\u200d\u202e\ufeffİßﬁ", max_size=6),
        st.characters(categories=["Cs"]),
    )

    @settings(max_examples=300, deadline=None)
    @given(st.lists(pieces, max_size=12), st.lists(pieces, max_size=12))
    def test_every_mention_is_cut_from_its_field(self, title: list[str], text: list[str]) -> None:
        one = Article("a", " ".join(title), " ".join(text))
        for hit in Matcher.compile([RUSSIA]).screen(one):
            for match in hit.matches:
                field = one.title if match.mention.field == "title" else one.text
                assert field[match.mention.start : match.mention.end] == match.mention.surface
                assert match.snippet.text[match.snippet.start : match.snippet.end] == match.mention.surface
                assert match.snippet.text in field
                assert 0.0 <= match.score <= 100.0

    @pytest.mark.parametrize(
        "written",
        [
            "Ros\u200bneft",
            "R\u00adosneft",
            "Rоsneft",
            "ＲＯＳＮＥＦＴ",
            "Rósneft",
            "\u202eRosneft\u202c",
            "Rosneft’s",
            "ROSNEFT",
        ],
    )
    def test_nothing_hides_a_name(self, matcher: Matcher, written: str) -> None:
        assert list(found(matcher.screen(article(f"On Monday {written} sold its stake in the field.")))) == ["rosneft"]

    @pytest.mark.parametrize(
        "text",
        [
            "e\u0301" * 200_000,
            "e" + "\u0301\u0316" * 200_000,
            "\ud800 " * 100_000,
            "\u202eab\u202c " * 50_000,
            "Vladimir " * 30_000,
            "Vladimir Putin " * 5_000,
            "a." * 100_000,
            "'" * 300_000,
            "x" * 1_000_000,
        ],
        ids=["marks", "one-letter", "surrogates", "bidi", "given", "full", "dots", "quotes", "one-word"],
    )
    def test_hostile_texts_are_read(self, matcher: Matcher, text: str) -> None:
        hits = matcher.screen(article(text + ". Later that day Rosneft sold its stake."))
        assert "rosneft" in found(hits)

    def test_a_text_of_any_length_is_read_to_its_end(self, matcher: Matcher) -> None:
        text = "Rain fell in the hills. " * 60_000 + "Vladimir Putin spoke."
        (hit,) = matcher.screen(article(text))
        assert hit.best.mention.end == len(text) - len(" spoke.")


def test_screening_in_blocks_and_in_threads_gives_the_same(matcher: Matcher) -> None:
    texts = [article(f"Day {number}: Vladimir Putin, Rosneft and others met.") for number in range(60)]
    alone = [matcher.screen(one) for one in texts]
    assert list(matcher.screen_many(texts)) == alone
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(matcher.screen, texts)) == alone
