"""The matcher: watchlists in, hits out. Pure, and safe to use from several threads."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources

from monitor.matching.around import Record
from monitor.matching.assign import Assignment
from monitor.matching.explain import Explained, explained
from monitor.matching.identifiers import Identifiers
from monitor.matching.index import Index
from monitor.matching.judge import Verdict, judge
from monitor.matching.resolve import Judged, hits
from monitor.matching.scene import Part, Scene
from monitor.matching.settle import settled
from monitor.matching.situation import Situation
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


class Matcher:
    """Watchlists, compiled. `names` and `entities` are counts; `versions` tells (watchlist, version) of each list."""

    def __init__(self, rules: Sequence[Rule], versions: tuple[tuple[str, str], ...]) -> None:
        self._rules = rules
        with _garbage_kept():
            self._index = Index([rule.entity for rule in rules])
        self._identifiers = Identifiers([rule.entity for rule in rules])
        self.versions = versions
        self.entities = len(rules)
        self.names = sum(len(rule.entity.names) for rule in rules)

    @classmethod
    def compile(cls, watchlists: Iterable[Watchlist], *, threshold: float = 88.0) -> Matcher:
        """The matcher of these lists. threshold: 0–100, for lists and entities that do not name their own."""
        rules: list[Rule] = []
        versions: list[tuple[str, str]] = []
        for listed in watchlists:
            versions.append((listed.id, listed.version))
            for entity in listed.entities:
                own = entity.threshold if entity.threshold is not None else listed.threshold
                rules.append(
                    Rule(
                        entity,
                        threshold if own is None else own,
                        entity.severity or listed.severity,
                        listed.version,
                    )
                )
        return cls(rules, tuple(versions))

    def screen(self, article: Article) -> list[Hit]:
        """The hits of an article, in the order of the lists' entities."""
        self._index.vocabulary.trim()
        scene = Scene(article)
        judged = [one for one in self._judged(scene) if one.score >= self._rules[one.record.entity].threshold]
        fields: tuple[tuple[Field, str], ...] = (("title", article.title), ("text", article.text))
        identified = [(field, one) for field, text in fields for one in self._identifiers.find(text)]
        return hits(scene, judged, identified, self._rules, MATCHER_VERSION) if judged or identified else []

    def screen_many(self, articles: Iterable[Article]) -> Iterator[list[Hit]]:
        """The hits of each article, in order: what `screen` gives."""
        return map(self.screen, articles)

    def explain(self, article: Article, *, nearly: float = NEARLY) -> list[Explained]:
        """Everything that matched or nearly matched (from the score `nearly`, 0–100, on), hits first."""
        scene = Scene(article)
        judged = [one for one in self._judged(scene) if one.score >= nearly]
        return explained(scene, judged, self._rules, self.screen(article))

    def _judged(self, scene: Scene) -> Iterator[Judged]:
        for part in scene.parts:
            for record, assignment in self._index.candidates(part.tokens):
                found = settled(record.pattern, assignment, part, scene)
                if found is not None:
                    verdict = self._judge(scene, part, record, found)
                    yield Judged(record, part, found, verdict.score, verdict.reasons)

    def _judge(self, scene: Scene, part: Part, record: Record, assignment: Assignment) -> Verdict:
        entity = self._rules[record.entity].entity
        return judge(Situation(entity, record.name, record.pattern, assignment, part, scene))
