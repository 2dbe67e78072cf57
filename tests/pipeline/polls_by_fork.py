"""Runs `monitor poll` again and again, each time in a process of its own, without paying for the imports each time.

Reads lines of stdin: the path of a settings file. For each it forks a child that is `monitor poll --config PATH`, says
the child's process id, and when the child has ended (or was killed) its exit status.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from monitor.articles import extract  # noqa: F401 - imported before the fork
from monitor.cli.main import main
from monitor.daemon import build_service  # noqa: F401


def serve() -> None:
    for line in sys.stdin:
        path = Path(line.strip())
        child = os.fork()
        if child == 0:
            with (path.parent / "said").open("a") as said:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
            os.chdir(path.parent)
            sys.argv = ["monitor", "poll", "--config", str(path)]
            main()
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
