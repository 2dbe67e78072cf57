"""Candidates in texts: what the filter spots, looked at word by word. Pure.

`Search` is the index together with what is remembered of the words of the news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from monitor.matching.around import Around, Record
from monitor.matching.assign import Assignment, Found, assign, hopeless, ordinariness, too_loose
from monitor.matching.filter import Spotted, spotted
from monitor.matching.index import Index, Row
from monitor.matching.memo import Lone, Memo, Wordbook
from monitor.matching.pages import Page, pages
from monitor.matching.pattern import Reading
from monitor.matching.scripts.convincing import convincing
from monitor.matching.scripts.sounds import has_few_vowels
from monitor.matching.settle import holds
from monitor.matching.similar import Likeness
from monitor.matching.text import Tokens
from monitor.model.articles import Article

WORDS_AT_ONCE = 500_000
"""Words looked at together, so that memory stays bounded: 200 articles have 140,000."""

Candidate = tuple[Page, Record, Assignment]

ANY = Reading((0,))
"""A reading of one part."""

Possible = Callable[[Record, Assignment, Tokens], int | None]
"""(record, assignment, the word) → where a reading of one word can be a hit, as in `Lone.only`; None for nowhere."""


class Search:
    """Finds candidates. Thread-safe: the memo only gains entries that anybody would compute alike."""

    def __init__(self, index: Index, possible: Possible, book: Callable[[], Wordbook | None]) -> None:
        self.index = index
        self._possible = possible
        self._book = book
        self.forget()

    def forget(self) -> None:
        """Forget what the words of the news may be: results stay the same."""
        index = self.index
        self._memo = Memo(index.neighbours, index.bits, index.filed, self._lone, self._book())

    def read(self, articles: Iterable[Article]) -> tuple[Memo, list[Page]]:
        """The articles' words, and the memo that numbers them. It is forgotten between articles, when it is full."""
        if self._memo.full:
            self.forget()
        memo = self._memo
        return memo, pages(memo, enumerate(articles))

    def candidates(self, memo: Memo, read: Sequence[Page], *, everything: bool = False) -> Iterator[Candidate]:
        """Every candidate that may be a hit, page by page; with `everything` every candidate."""
        for some in _together(read):
            for one in spotted(self.index, memo, some, everything=everything):
                yield from self._on_page(memo, one)

    def _on_page(self, memo: Memo, spot: Spotted) -> Iterator[Candidate]:
        page, record_of = spot.page, self.index.record
        tokens = page.tokens(memo)
        around = Around(memo, tokens, page.parts.tolist(), spot.pairs)
        last: tuple[int, int] = (-1, -1)
        found: list[Found] = []
        for at, number, which in spot.readings:
            record = record_of(number)
            if at not in spot.pairs and (lone := memo.lone.get(around.parts[at])):
                own = next((one for one in lone if (one.record, one.reading) == (number, which)), None)
                if own is not None:
                    yield page, record, _moved(own.assignment, at)
                    continue
            reading = record.pattern.readings[which]
            if hopeless(record.pattern, reading, tokens.forms[at], ordinariness(tokens, at)):
                continue
            if last != (at, number):
                found, last = around.found(record, at), (at, number)
            best = assign(record.pattern, reading, found, at, tokens.forms)
            if best is not None and not too_loose(reading, best.found, tokens):
                yield page, record, best

    def _lone(self, memo: Memo, part: int, surface: str, form: str, words: Iterable[int]) -> list[Lone]:
        """The readings of one part that a word can be a hit of by itself."""
        tokens = Tokens(surface, [form], [0], [len(surface)])
        around, ordinary = Around(memo, tokens, [part], {}), ordinariness(tokens, 0)
        kept = []
        for number, which in self._rows_alone(memo, part, words, tokens):
            record = self.index.record(number)
            reading = record.pattern.readings[which]
            if not hopeless(record.pattern, reading, form, ordinary):
                best = assign(record.pattern, reading, around.found(record, 0), 0, tokens.forms)
                if best is not None and not too_loose(reading, best.found, tokens) and _holds(record, best, form):
                    only = self._possible(record, best, tokens)
                    if only is not None:
                        kept.append(Lone(number, which, best, only))
        return kept

    def _rows_alone(self, memo: Memo, part: int, words: Iterable[int], tokens: Tokens) -> set[Row]:
        """The readings of one part filed under these words, without most that the word cannot be."""
        near = memo.near(part)
        if near is None:
            return set()
        rows: set[Row] = set()
        for word in words:
            spelt, given, meant = near.spelt.get(word), word in near.given, word in near.meant
            if spelt and not given and not meant:
                if too_loose(ANY, (Found(0, 0, 0, 0, spelt),), tokens):
                    continue
                if not _may_hold(tokens.forms[0], self.index.words[word], spelt):
                    continue
            rows.update(self.index.rows_alone(word, spelt=spelt is not None, given=given, meant=meant))
        return rows


def _may_hold(form: str, word: str, spelt: Likeness) -> bool:
    """As `_holds`, of a name's word in any record."""
    vague = has_few_vowels(form) and spelt.rule == "transliterated"
    return not vague or convincing([(form, word, spelt.value)], parts=1, person=True, in_order=True)


def _holds(record: Record, found: Assignment, form: str) -> bool:
    """Whether a word by itself sounds enough like a name, where that is known whatever stands around it."""
    vague = has_few_vowels(form) and found.found[0].likeness.rule == "transliterated"
    return not vague or holds(record.pattern, found, [form])


def _moved(assignment: Assignment, at: int) -> Assignment:
    """An assignment to the first word of a text, to another."""
    (found,) = assignment.found
    return assignment._replace(found=(found._replace(first=at, last=at),), first=at, last=at)


def _together(read: Sequence[Page]) -> Iterator[list[Page]]:
    """Pages by as many as are looked at together."""
    some: list[Page] = []
    size = 0
    for page in read:
        some.append(page)
        size += len(page.parts)
        if size >= WORDS_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some
