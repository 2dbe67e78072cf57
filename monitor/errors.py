"""The exception tree. Every error that a person may see says what, where and how to mend it, in one line.

`retryable` says whether trying the same thing again later can help; `exit_code` is what the command line ends with
(1: the work found a problem, 2: wrong usage or configuration).
"""

from __future__ import annotations


class MonitorError(Exception):
    """Base of all errors that this project raises on purpose."""

    retryable = False
    exit_code = 1


class ConfigError(MonitorError):
    """Settings, feeds or a watchlist file that cannot be used as written."""

    exit_code = 2


class UsageError(MonitorError):
    """A command was asked for something that does not exist or does not fit."""

    exit_code = 2


class SourceError(MonitorError):
    """An input file (official list, articles) whose form is not understood: refused whole."""


class StorageError(MonitorError):
    """The database cannot be reached, written or understood."""

    retryable = True
    exit_code = 2


class FetchError(MonitorError):
    """A URL could not be fetched. `retry_after`: seconds, if the server named it; `status`: HTTP, if it answered."""

    def __init__(
        self, message: str, *, retryable: bool = True, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.status = status
        self.retry_after = retry_after


class ParseError(MonitorError):
    """Bytes that were fetched are not what they should be (no feed, no article)."""


class WorkersGone(MonitorError):
    """Nobody is there to do the work; it is no fault of what was to be done, which stays due."""

    retryable = True


class WorkError(MonitorError):
    """A worker process died or overran its deadline on this input."""

    retryable = True
