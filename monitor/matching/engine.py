"""The matcher: watchlists in, hits out. Pure, and safe to use from several threads."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Protocol

from monitor.matching.around import Record
from monitor.matching.assign import Assignment
from monitor.matching.explain import Explained, explained
from monitor.matching.identifiers import Identifiers
from monitor.matching.index import Index
from monitor.matching.judge import HOPELESS, judge, possible_alone
from monitor.matching.memo import FOREIGN, LEGAL, Memo, Wordbook
from monitor.matching.pages import Page
from monitor.matching.resolve import Judged, hits
from monitor.matching.scene import Part, Scene
from monitor.matching.scripts.sounds import script_of
from monitor.matching.search import Search
from monitor.matching.settle import settled
from monitor.matching.situation import Situation
from monitor.matching.text import Tokens
from monitor.matching.volume import Volume, filed
from monitor.model.articles import Article
from monitor.model.matches import Field, Hit
from monitor.model.watchlists import Entity, Severity, Watchlist


def _version() -> str:
    """A digest of the rules and the tables."""
    digest = hashlib.sha256()
    here = resources.files("monitor.matching")
    for folder in (here, here / "scripts", here / "data"):
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".yaml", ".txt")):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


MATCHER_VERSION = _version()
"""Changes when results can change: with every change of rules or tables."""

BLOCK = 200
"""Articles looked at together at most: enough that words are looked up by the hundred …"""

BLOCK_SIZE = 2_000_000
"""… and code points of theirs: few enough to be held in memory."""

NEARLY = 60.0
"""The score from which `explain` shows what nearly matched."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an entity's record asks for, its list's defaults applied."""

    entity: Entity
    threshold: float
    severity: Severity
    list_version: str


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Without the garbage collector, which takes a third of the time: of a million small objects none becomes garbage.

    Afterwards they are left out of collections (`gc.freeze`): going through them all takes 0.3 s each time. What holds
    no cycles is freed all the same when a matcher is replaced.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


class Shelf(Protocol):
    """Where compiled lists are kept, and what words of the news were found to be."""

    def volume(self, entities: Sequence[Entity], /) -> Volume:
        """The entities of a list filed: anew, or as they were kept."""

    def wordbook(self, content: str, words: int, /) -> Wordbook | None:
        """Of a vocabulary of so many words of names, by a digest of it."""


class Nowhere:
    """A shelf on which nothing is kept."""

    def volume(self, entities: Sequence[Entity]) -> Volume:
        return filed(entities)

    def wordbook(self, content: str, words: int) -> None:
        del content, words


class Matcher:
    """Watchlists, compiled. `names` and `entities` are counts; `versions` tells (watchlist, version) of each list."""

    def __init__(
        self, rules: Sequence[Rule], versions: tuple[tuple[str, str], ...], index: Index, shelf: Shelf
    ) -> None:
        self._rules = rules
        self._search = Search(index, self._possible, lambda: shelf.wordbook(index.content, len(index.words)))
        self._identifiers = Identifiers([rule.entity for rule in rules])
        self.versions = versions
        self.entities = len(rules)
        self.names = sum(len(rule.entity.names) for rule in rules)

    @classmethod
    def compile(
        cls, watchlists: Iterable[Watchlist], *, threshold: float = 88.0, shelf: Shelf | None = None
    ) -> Matcher:
        """The matcher of these lists.

        threshold: 0–100, for lists and entities that do not name their own. shelf: where compiled lists are kept, so
        that only what changed is compiled.
        """
        lists = list(watchlists)
        shelf = shelf or Nowhere()
        with _garbage_kept():
            volumes = [shelf.volume(listed.entities) for listed in lists]
            index = Index(volumes, [listed.entities for listed in lists])
        rules = [
            Rule(
                entity,
                next((own for own in (entity.threshold, listed.threshold) if own is not None), threshold),
                entity.severity or listed.severity,
                listed.version,
            )
            for listed in lists
            for entity in listed.entities
        ]
        return cls(rules, tuple((listed.id, listed.version) for listed in lists), index, shelf)

    @property
    def watched(self) -> list[Entity]:
        """Every entity, in the order of the lists."""
        return [rule.entity for rule in self._rules]

    def screen(self, article: Article) -> list[Hit]:
        """The hits of an article, in the order of the lists' entities."""
        return next(self.screen_many((article,)))

    def screen_many(self, articles: Iterable[Article]) -> Iterator[list[Hit]]:
        """The hits of each article, in order: what `screen` gives. Words are looked up for a block at a time."""
        for block in _blocks(articles):
            memo, pages = self._search.read(block)
            judged: dict[int, list[Judged]] = {}
            scenes: dict[int, Scene] = {}
            for page, record, assignment in self._search.candidates(memo, pages):
                scene = scenes.get(page.article)
                if scene is None:
                    scene = scenes[page.article] = _scene(block[page.article], memo, pages, page.article)
                found = settled(record.pattern, assignment, page.part(memo), scene)
                if found is None:
                    continue
                threshold = self._rules[record.entity].threshold
                one = self._judged(scene, page.part(memo), record, found, threshold)
                if one.score >= threshold:
                    judged.setdefault(page.article, []).append(one)
            for number, article in enumerate(block):
                yield self._hits(article, scenes.get(number), judged.get(number, []))

    def explain(self, article: Article, *, nearly: float = NEARLY) -> list[Explained]:
        """Everything that matched or nearly matched (from the score `nearly`, 0–100, on), hits first."""
        memo, pages = self._search.read((article,))
        scene = _scene(article, memo, pages, 0)
        judged = [
            self._judged(scene, page.part(memo), record, found, HOPELESS)
            for page, record, assignment in self._search.candidates(memo, pages, everything=True)
            if (found := settled(record.pattern, assignment, page.part(memo), scene)) is not None
        ]
        return explained(scene, [one for one in judged if one.score >= nearly], self._rules, self.screen(article))

    def candidates(self, article: Article) -> Iterator[tuple[Record, Assignment]]:
        """Every candidate, whatever the judge would say of it."""
        memo, pages = self._search.read((article,))
        for _, record, assignment in self._search.candidates(memo, pages, everything=True):
            yield record, assignment

    def forget(self) -> None:
        """Forget what is remembered of the words of the news: results stay the same."""
        self._search.forget()

    def _judged(self, scene: Scene, part: Part, record: Record, assignment: Assignment, floor: float) -> Judged:
        entity = self._rules[record.entity].entity
        verdict = judge(Situation(entity, record.name, record.pattern, assignment, part, scene), floor)
        return Judged(record, part, assignment, verdict.score, verdict.reasons)

    def _hits(self, article: Article, scene: Scene | None, judged: list[Judged]) -> list[Hit]:
        fields: tuple[tuple[Field, str], ...] = (("title", article.title), ("text", article.text))
        identified = [(field, one) for field, text in fields for one in self._identifiers.find(text)]
        if not judged and not identified:
            return []
        return hits(scene or Scene(article), judged, identified, self._rules, MATCHER_VERSION)

    def _possible(self, record: Record, assignment: Assignment, word: Tokens) -> int | None:
        """Where a word can be a hit of a reading of one part: 0 for anywhere, None for nowhere."""
        rule, scene = self._rules[record.entity], Scene(Article("", "", word.text))

        def best(*, foreign: bool) -> tuple[bool, bool]:
            """Whether beside a legal form, and whether without one."""
            parts = (Alone("text", word, told=regime, foreign=foreign) for regime in ("normal", "title"))
            scores = [
                possible_alone(Situation(rule.entity, record.name, record.pattern, assignment, part, scene))
                for part in parts
            ]
            return max(one for one, _ in scores) >= rule.threshold, max(one for _, one in scores) >= rule.threshold

        beside_legal, anywhere = best(foreign=False)
        if anywhere:
            return 0
        among = script_of(word.forms[0]) == "latin" and any(best(foreign=True))
        return (LEGAL if beside_legal else 0) | (FOREIGN if among else 0) or None


@dataclass
class Alone(Part):
    """One word, among others of which only what capitals mean there is known: that all have them, or not."""

    told: str = "normal"
    foreign: bool = False

    def among_others(self, first: int, last: int) -> bool:
        """Told, as the regime is."""
        del first, last
        return self.foreign

    def regime(self, first: int, last: int) -> str:
        own = Part.regime(self, first, last)
        return own if own == "none" else self.told


def _scene(article: Article, memo: Memo, pages: Sequence[Page], number: int) -> Scene:
    scene = Scene(article)
    scene.parts = [page.part(memo) for page in pages if page.article == number]
    return scene


def _blocks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Articles by as many as are looked at together."""
    block: list[Article] = []
    size = 0
    for article in articles:
        block.append(article)
        size += len(article.title) + len(article.text)
        if len(block) >= BLOCK or size >= BLOCK_SIZE:
            yield block
            block, size = [], 0
    if block:
        yield block
