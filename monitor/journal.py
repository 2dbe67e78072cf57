"""What happened, for programs: a JSON object a line, with the numbers by which one entry is followed.

    article   the entry's number in the database, the same from its feed to its delivery
    hit       what was found in it
    delivery  the message that told of it; `message` is the id that it bears outside (Message-ID, webhook-id)

    jq -c 'select(.article == 17 or ((.articles // []) | index(17)))' monitor.log

A person reads the sentences of `said`; they are the same lines that are printed where no JSON is asked for.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


class JsonLines:
    """Writes events by `write`, which is given a line without its end. Safe to use from several threads."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], datetime]) -> None:
        self._write = write
        self._clock = clock
        self._lock = threading.Lock()

    def event(self, name: str, said: str = "", /, **facts: Any) -> None:
        """One line: `time` (UTC), `level`, `event`, `said` where there is something, and the facts that are known."""
        self._put("info", name, said, facts)

    def say(self, line: str) -> None:
        """A line for a person, as an event named `said`."""
        self._put("info", "said", line, {})

    def failed(self, level: str, logger: str, said: str, trace: str) -> None:
        """What went to `logging`: something unexpected."""
        self._put(level, "log", said, {"logger": logger, "trace": trace or None})

    def _put(self, level: str, name: str, said: str, facts: dict[str, Any]) -> None:
        now = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": now, "level": level, "event": name}
        if said:
            line["said"] = said
        line |= {key: value for key, value in facts.items() if value is not None and value != ()}
        written = json.dumps(line, ensure_ascii=False)
        with self._lock:
            self._write(written)


class JsonHandler(logging.Handler):
    """Takes what goes to `logging` into the same lines."""

    def __init__(self, lines: JsonLines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self._lines.failed(record.levelname.lower(), record.name, record.getMessage(), trace)
