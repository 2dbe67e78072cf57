"""The bill of materials names what is pinned; an audit that could not be made says so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.dependencies import PINNED, ROOT, UNREACHED, known


def tool(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.dependencies", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        env=os.environ | environ,
    )


def test_the_bill_of_materials_names_every_pin_with_its_digests(tmp_path: Path) -> None:
    first, second = tmp_path / "one.json", tmp_path / "two.json"
    for path in (first, second):
        done = tool("sbom", str(path))
        assert done.returncode == 0, done.stderr
    assert first.read_bytes() == second.read_bytes(), "the same pins, the same bytes"
    made = json.loads(first.read_text())
    assert made["bomFormat"] == "CycloneDX"
    assert made["metadata"]["component"]["name"] == "sanctions-watchlist-monitor"
    named = {(one["name"].lower(), one["version"]) for one in made["components"]}
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", PINNED.read_text(), re.MULTILINE)
    assert len(pinned) > 40
    assert {(name.lower(), version) for name, version in pinned} <= named
    digests = [one for one in made["components"] if any(ref.get("hashes") for ref in one.get("externalReferences", ()))]
    assert len(digests) == len(made["components"])


def test_an_audit_without_a_network_says_that_nothing_was_audited() -> None:
    nowhere = "http://127.0.0.1:9"
    done = tool("audit", HTTPS_PROXY=nowhere, https_proxy=nowhere, HTTP_PROXY=nowhere, NO_PROXY="", no_proxy="")
    assert done.returncode == UNREACHED, done.stdout + done.stderr
    assert "nothing was audited" in done.stderr
    assert "Traceback" not in done.stderr


def test_known_weaknesses_are_told_with_what_mends_them() -> None:
    answer = {
        "dependencies": [
            {"name": "sound", "version": "1.0", "vulns": []},
            {
                "name": "weak",
                "version": "2.0",
                "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": []}],
            },
            {"name": "left", "skip_reason": "not on PyPI"},
        ],
        "fixes": [],
    }
    assert known(answer) == ["weak 2.0: PYSEC-2026-1, mended in 2.1"]


def test_nothing_is_known_against_what_is_pinned() -> None:
    done = tool("audit")
    if done.returncode == UNREACHED:
        pytest.skip(done.stderr.strip()[:300])
    assert done.returncode == 0, done.stdout
    audited = re.search(r"^(\d+) packages, 0 known weaknesses$", done.stdout, re.MULTILINE)
    assert audited
    assert int(audited[1]) > 40
