"""What was found in an archive, into the database: articles with hits, and the hits; nobody is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from monitor.feeds.identity import digest
from monitor.matching import MATCHER_VERSION
from monitor.model.articles import Article, Entry
from monitor.model.feeds import NewArticle, PollOutcome, Validators
from monitor.model.matches import Hit
from monitor.screening.archive import Screened
from monitor.screening.output import Progress
from monitor.store import Store


class Archive:
    """Takes blocks as `screening.output.Output` does. Screening the same again adds nothing, so a run that broke off is
    simply started again."""

    def __init__(
        self, store: Store, name: str, versions: Sequence[tuple[str, str]], clock: Callable[[], datetime]
    ) -> None:
        """name: an id among the feeds'. versions: of the lists. Raises UsageError, StorageError."""
        self.progress = Progress()
        self._store, self._name, self._versions, self._clock = store, name, tuple(versions), clock
        store.add_archive(name, clock())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._store.close()

    def add(self, block: Screened) -> None:
        """Write a block's hits, in one transaction. Raises StorageError; then nothing of the block is stored."""
        started = self._clock()
        articles = [_new(article, hits) for article, hits in block.found]
        known = self._store.known_entries(self._name, {key for new in articles for key in new.keys})
        fresh = [new for new in articles if new.keys[0] not in known]
        outcome = PollOutcome(
            feed=self._name,
            started=started,
            finished=self._clock(),
            validators=Validators(),
            next_poll=started,
            seen=block.records - len(block.bad),
            articles=tuple(fresh),
            problems=tuple(map(str, block.bad[:20])),
            list_versions=self._versions,
            matcher_version=MATCHER_VERSION,
        )
        self._store.record_poll(outcome, lambda *_: ())
        self.progress = self.progress.after(block, 0)


def _new(article: Article, hits: tuple[Hit, ...]) -> NewArticle:
    """An archive's articles are told apart by their id and all that they say: ids may repeat."""
    entry = Entry(article.id, "", article.title, article.text, article.date, lang=article.lang)
    said = digest(entry)
    return NewArticle(entry, (f"archive {article.id} {said}",), said, article, hits)
