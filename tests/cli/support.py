"""Commands run as a person runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


def monitor(directory: Path, *arguments: str, stdin: str = "", **environ: str) -> Done:
    """`monitor …` in the directory. A traceback is a defect whatever the command."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=directory,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environ,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)
