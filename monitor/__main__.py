"""`python -m monitor` and the console script `monitor` are the same."""

from __future__ import annotations

from monitor.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
