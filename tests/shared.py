"""Publishers' real files, where they are at hand: outside the repository, named by MONITOR_SHARED_DATA."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared(*parts: str) -> Path:
    """A real file. The test is skipped, saying so, where there is none."""
    root = os.environ.get("MONITOR_SHARED_DATA")
    if not root:
        pytest.skip("MONITOR_SHARED_DATA is not set: no real files to test with")
    path = Path(root, *parts)
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path
