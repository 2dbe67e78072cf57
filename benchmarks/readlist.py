"""One list read in this process, and what that took, as JSON: for `benchmarks.lists`.

python -m benchmarks.readlist PATH
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from monitor.watchlists.read import read_list


def main() -> None:
    started = time.process_time()
    watchlist = read_list(Path(sys.argv[1]))
    seconds = time.process_time() - started
    names = sum(len(entity.names) for entity in watchlist.entities)
    print(json.dumps([len(watchlist.entities), names, seconds, _memory()]))


def _memory() -> float:
    """MB, the most this process ever had. Not of getrusage, which tells its parent's where that had more."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1000


if __name__ == "__main__":
    main()
