"""One list read in this process, and what that took, as JSON: for `benchmarks.lists`.

python -m benchmarks.readlist PATH
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from monitor.watchlists.read import read_list


def main() -> None:
    before, started = _memory(), time.process_time()
    watchlist = read_list(Path(sys.argv[1]))
    seconds = time.process_time() - started
    names = sum(len(entity.names) for entity in watchlist.entities)
    print(json.dumps([len(watchlist.entities), names, seconds, _memory(), before]))


def _memory() -> float:
    """MB, the most this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
