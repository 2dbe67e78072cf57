"""One list read in this process, and what that took, as JSON: for `benchmarks.lists`.

python -m benchmarks.readlist PATH [--compile]

With `--compile` it is compiled into a matcher as well, and the matcher is held, as the service does.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.model.watchlists import Watchlist
from monitor.watchlists.read import read_list

if TYPE_CHECKING:
    from monitor.matching import Matcher


def main() -> None:
    started = time.process_time()
    watchlist = read_list(Path(sys.argv[1]))
    matcher = _compiled(watchlist) if "--compile" in sys.argv[2:] else None
    seconds = time.process_time() - started
    if matcher is not None:
        assert matcher.entities == len(watchlist.entities)
    names = sum(len(entity.names) for entity in watchlist.entities)
    print(json.dumps([len(watchlist.entities), names, seconds, _memory()]))


def _compiled(watchlist: Watchlist) -> Matcher:
    from monitor.matching import Matcher  # it needs memory of its own
    from monitor.watchlists.subjects import link

    return Matcher.compile(link([watchlist]))


def _memory() -> float:
    """MB, the most this process ever had. Not of getrusage, which tells its parent's where that had more."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1000


if __name__ == "__main__":
    main()
