"""What holds for every command: help, versions, wrong usage in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.main import COMMANDS
from tests.cli.support import monitor


@pytest.mark.parametrize("command", [*COMMANDS])
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    done = monitor(tmp_path, command, "--help")
    assert done.status == 0
    assert done.out.startswith(f"Usage: monitor {command}")
    assert len(done.out.splitlines()) > 3


@pytest.mark.parametrize("arguments", [("bogus",), ("check", "--bogus"), ("hits", "show", "seven"), ("screen",)])
def test_wrong_usage_is_one_line_that_says_where_help_is(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = monitor(tmp_path, *arguments)
    assert done.status == 2
    assert done.err.startswith("monitor: ")
    assert done.err.count("\n") == 1
    assert "--help" in done.err


def test_the_version_and_the_bare_command(tmp_path: Path) -> None:
    assert monitor(tmp_path, "--version").out.startswith("monitor, version ")
    bare = monitor(tmp_path)
    assert bare.status == 2
    for command in COMMANDS:
        assert command in bare.err
