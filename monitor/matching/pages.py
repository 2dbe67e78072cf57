"""Texts in pieces that are looked at together, each as the numbers of its words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.matching.memo import Memo
from monitor.matching.scene import Part
from monitor.matching.text import MAX_SURFACE, WHOLE, Tokens, cuts, segments, words_of
from monitor.model.articles import Article
from monitor.model.matches import Field


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
    _part: Part | None = None

    def part(self, memo: Memo) -> Part:
        """As the judge looks at it."""
        if self._part is None:
            self._part = Part(self.field, self._tokens(memo))
        return self._part

    def tokens(self, memo: Memo) -> Tokens:
        """The words with their places."""
        return self.part(memo).tokens

    def _tokens(self, memo: Memo) -> Tokens:
        form = memo.forms
        forms = [form[number] for number in memo.part_form.array[self.parts].tolist()]
        found = words_of(self.text, self.begin, self.end).finditer(self.text, self.begin, self.end)
        spans = list(map(re.Match.span, found))
        if len(self.split):
            spans = self._apart(spans)
        return Tokens(self.text, forms, [start for start, _ in spans], [end for _, end in spans])

    def _apart(self, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The places of the parts of these words."""
        found: list[tuple[int, int]] = []
        done = 0
        for number in self.split.tolist():
            found += words[done:number]
            start, end = words[number]
            places = cuts(self.text[start:end]) if end - start <= MAX_SURFACE else WHOLE
            found += [(start + left, start + right if right else end) for left, right in places]
            done = number + 1
        return found + words[done:]


def pages(memo: Memo, articles: Iterable[tuple[int, Article]]) -> list[Page]:
    """The pages of articles, by their number."""
    places: list[tuple[int, Field, str, int, int]] = []
    for number, article in articles:
        places.append((number, "title", article.title, 0, len(article.title)))
        places += [(number, "text", article.text, begin, end) for begin, end in segments(article.text)]
    raws = (words_of(text, begin, end).findall(text, begin, end) for _, _, text, begin, end in places)
    return [Page(*place, *parts) for place, parts in zip(places, memo.read(raws), strict=True)]
