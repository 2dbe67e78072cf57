"""What stands around a mention: letters' case, punctuation, sentence starts, the rest of the article. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.matching import tables
from monitor.matching.scripts import inflection
from monitor.matching.scripts.aloud import aloud
from monitor.matching.scripts.foreign import among_others
from monitor.matching.text import Tokens, segments, tokenise
from monitor.model.articles import Article
from monitor.model.matches import Field

AROUND = 5
"""Words on either side that show whether capitals mean anything here."""

_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’»)\]]*\s|[\n\r\u2028|]|\s[•·]|[•·]\s|[:;]\s")


@dataclass
class Part:
    """One field of an article, or a piece of a very long one, in words."""

    field: Field
    tokens: Tokens
    aloud: bool = False  # whether it is a second reading of the same text (`scripts.aloud`)
    _regimes: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)

    def gap(self, at: int) -> str:
        """What stands between word `at` and the next."""
        tokens = self.tokens
        if at < 0 or at + 1 >= len(tokens):
            return "\n"
        return tokens.text[tokens.ends[at] : tokens.starts[at + 1]]

    def starts_sentence(self, at: int) -> bool:
        return at == 0 or _SENTENCE_END.search(self.gap(at - 1)) is not None

    def shape(self, at: int) -> str:
        """ "upper", "title" (a capital first), "lower", or "" for what has no case."""
        return shape(self.tokens.text[self.tokens.starts[at] : self.tokens.ends[at]])

    def is_mixed(self, at: int) -> bool:
        """Whether capitals stand inside the word, as in iTunes."""
        surface = self.tokens.surface(at, at)
        return surface[1:] not in (surface[1:].lower(), surface[1:].upper())

    def among_others(self, first: int, last: int) -> bool:
        """Whether words in Latin letters stand among words of another script."""
        return not self.aloud and among_others(self.tokens.forms, first, last)

    def regime(self, first: int, last: int) -> str:
        """What capitals mean here: "normal", "title" and "upper" (everybody has them), "lower" (nobody has), "none"."""
        if (first, last) not in self._regimes:
            self._regimes[first, last] = self._regime(first, last)
        return self._regimes[first, last]

    def _regime(self, first: int, last: int) -> str:
        begin, end = first, last
        while begin > 0 and first - begin < AROUND and not self.starts_sentence(begin):
            begin -= 1
        while end + 1 < len(self.tokens) and end - last < AROUND and not self.starts_sentence(end + 1):
            end += 1
        others = [
            self.shape(at)
            for at in range(begin, end + 1)
            if not first <= at <= last and len(self.tokens.forms[at]) > 3 and at != begin
        ]
        others = [one for one in others if one]
        inside = [self.shape(at) for at in range(first, last + 1)]
        if not any(inside):
            return "none"
        if "lower" in others or len(others) < 2:
            return "normal"
        return "upper" if others.count("upper") > len(others) / 2 else "title"


def shape(surface: str) -> str:
    if surface[:1].isdigit() or "\u10a0" <= surface[:1] <= "\u10ff":  # 1st; Georgian has no capitals in use
        return ""
    if surface == surface.lower():
        return "lower" if surface != surface.upper() else ""
    return "upper" if len(surface) > 1 and surface == surface.upper() else "title"


@dataclass
class Scene:
    """An article, as the judge looks at it."""

    article: Article

    @cached_property
    def parts(self) -> Sequence[Part]:
        fields: list[tuple[Field, str, int, int]] = [("title", self.article.title, 0, len(self.article.title))]
        fields += [("text", self.article.text, begin, end) for begin, end in segments(self.article.text)]
        found = [Part(field, tokenise(text, begin, end)) for field, text, begin, end in fields]
        second = ((field, aloud(text, begin, end)) for field, text, begin, end in fields)
        return found + [Part(field, tokens, aloud=True) for field, tokens in second if tokens is not None]

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every word of the article."""
        return frozenset(form for part in self.parts for form in part.tokens.forms)

    @cached_property
    def nouns_have_capitals(self) -> bool:
        """Whether it is in German."""
        return self.article.lang.startswith("de") or len(self.forms & tables.signs().german) > 3

    @cached_property
    def declines(self) -> str:
        """The language in Latin script that it is in, if that declines names; else ""."""
        return inflection.language(self.forms, self.article.lang)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The countries (ISO 3166-1 alpha-2) whose language it is in, where letters tell."""
        text = self.article.title + self.article.text
        return frozenset(
            country
            for letters, countries in tables.signs().letters.items()
            if any(letter in text for letter in letters)
            for country in countries
        )

    @cached_property
    def countries(self) -> frozenset[str]:
        """The countries that are named, by name, demonym or city."""
        places = tables.places()
        return frozenset(places.country_of[form,] for form in self.forms & places.known if (form,) in places.country_of)
