"""Long lists are read in little memory, whatever the form: the dense ones are in benchmarks.lists at 150 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.madelists import made

SIZE = 25_000_000
MEMORY = 190
"""MB, an interpreter with the readers included. As objects the records of these files would have 250 MB and more."""


@pytest.mark.parametrize("form", ["OFAC sdn.csv", "OpenSanctions targets.simple.csv"])
def test_a_list_of_a_hundred_thousand_records(tmp_path: Path, form: str) -> None:
    path = made(form, tmp_path, SIZE)
    command = [sys.executable, "-m", "benchmarks.readlist", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    records, names, _, most = json.loads(done.stdout)
    assert records > 60_000
    assert names > records
    assert most < MEMORY
