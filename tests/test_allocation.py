"""What is let go of, seen from outside."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCATTERED = """
from pathlib import Path
from monitor.allocation import trim

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

pieces = [bytearray(2000) for _ in range(40_000)]
kept = pieces[::50]  # one in every 25 pages
del pieces
before = resident()
trim()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and glibc")
def test_what_lies_free_between_small_pieces_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", SCATTERED], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 40_000_000
