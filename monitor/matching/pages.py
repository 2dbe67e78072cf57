"""Texts in pieces that are looked at together, each as the numbers of its words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.matching.memo import Memo
from monitor.matching.scene import Part
from monitor.matching.scripts.aloud import aloud
from monitor.matching.text import MAX_SURFACE, WHOLE, Tokens, cuts, segments, spans, words_of
from monitor.model.articles import Article
from monitor.model.matches import Field

READ_AT_ONCE = 2_000_000
"""Code points split into words together, so that memory stays bounded on a text of any length."""


@dataclass(slots=True)
class Page:
    """One field of an article, or a piece of a very long one. `parts`: its words as the memo numbers them."""

    article: int
    field: Field
    text: str
    begin: int
    end: int
    parts: NDArray[np.int32]
    split: NDArray[np.int64]  # which of its words are more than one part, or less than the whole word
    aloud: Tokens | None = None  # where the words stand, of a text's second reading
    _part: Part | None = None

    def part(self, memo: Memo) -> Part:
        """As the judge looks at it."""
        if self._part is None:
            self._part = Part(self.field, self._tokens(memo), aloud=self.aloud is not None)
        return self._part

    def tokens(self, memo: Memo) -> Tokens:
        """The words with their places."""
        return self.part(memo).tokens

    def _tokens(self, memo: Memo) -> Tokens:
        form = memo.forms
        forms = [form[number] for number in memo.part_form.array[self.parts].tolist()]
        if self.aloud is not None:
            return Tokens(self.text, forms, self.aloud.starts, self.aloud.ends)
        starts, ends = spans(self.text, self.begin, self.end)
        if len(self.split):
            starts, ends = self._apart(starts, ends)
        return Tokens(self.text, forms, starts, ends)

    def _apart(self, starts: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
        """The places of the parts of words at these places."""
        lefts: list[int] = []
        rights: list[int] = []
        done = 0
        for number in self.split.tolist():
            lefts += starts[done:number]
            rights += ends[done:number]
            start, end = starts[number], ends[number]
            for left, right in cuts(self.text[start:end]) if end - start <= MAX_SURFACE else WHOLE:
                lefts.append(start + left)
                rights.append(start + right if right else end)
            done = number + 1
        return lefts + starts[done:], rights + ends[done:]


def pages(memo: Memo, articles: Iterable[tuple[int, Article]]) -> list[Page]:
    """The pages of articles, by their number."""
    places: list[tuple[int, Field, str, int, int]] = []
    for number, article in articles:
        places.append((number, "title", article.title, 0, len(article.title)))
        places += [(number, "text", article.text, begin, end) for begin, end in segments(article.text)]
    found: list[Page] = []
    begin = size = 0
    for at, place in enumerate(places, 1):
        size += place[4] - place[3]
        if size >= READ_AT_ONCE or at == len(places):
            some = places[begin:at]
            raws = (words_of(text, first, last).findall(text, first, last) for _, _, text, first, last in some)
            found += [Page(*place, *parts) for place, parts in zip(some, memo.read(raws), strict=True)]
            begin, size = at, 0
    second = [(place, tokens) for place in places if (tokens := aloud(place[2], place[3], place[4])) is not None]
    again = zip(second, memo.read([tokens.forms for _, tokens in second]), strict=True)
    return found + [Page(*place, *parts, tokens) for (place, tokens), parts in again if not len(parts[1])]
