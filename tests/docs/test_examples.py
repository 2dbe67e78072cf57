"""Every command and every piece of YAML in the documentation is one that the program takes.

Commands are given to the program's own parser, with their options and the values of these; YAML is read by the models
that read the files. Pages that show what a command prints are walked in test_tutorials.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from monitor import config, strictyaml
from monitor.cli.main import COMMANDS
from monitor.config import SettingsFile
from monitor.watchlists.yaml_list import parse
from tests.docs.examples import PAGES, ROOT, Block, blocks, commands

BLOCKS = [block for page in PAGES for block in blocks(page) if "reference" not in page.parts]
COMMAND_BLOCKS = [block for block in BLOCKS if any(commands(block))]
YAML_BLOCKS = [block for block in BLOCKS if block.language == "yaml"]
INLINE = re.compile(r"`(monitor [a-z][^`]*)`")
SETTINGS = {field.alias or name for name, field in SettingsFile.model_fields.items()}


def takes(line: str) -> None:
    """Raises click's UsageError where the program would refuse the words: unknown command, option, choice, count."""
    words = [word for word in shlex.split(_plain(line)) if word not in ("…", "…,")]
    words = list(_before_pipes(words))[1:]
    if words == ["--version"]:
        return
    module, attribute = COMMANDS[words[0]]
    command: click.Command = getattr(importlib.import_module(f"monitor.cli.{module}"), attribute)
    context = click.Context(click.Group("monitor"), info_name="monitor")
    rest = words[1:]
    while isinstance(command, click.Group):
        if not rest or rest[0].startswith("-"):
            return  # the group itself
        name, rest = rest[0], rest[1:]
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no such command: {name}")
        command = found
    command.make_context(words[0], list(rest), parent=context)


def _plain(line: str) -> str:
    """The marks of a synopsis taken away: `[--who NAME]` says that the option may be given."""
    return re.sub(r"[\[\]]", "", line)


def _before_pipes(words: list[str]) -> Iterator[str]:
    for word in words:
        if word in ("|", ">", ">>", "||", "&&", ";"):
            return
        yield word


def stage(directory: Path) -> None:
    """Files of the names that examples use, for options that want an existing one."""
    (directory / "watchlists").symlink_to(ROOT / "watchlists")
    (directory / "config").symlink_to(ROOT / "config")
    for name in ("archive", "new", "old"):
        (directory / name).mkdir()
    for name in ("article.txt", "mine.yaml", "FILE", "PATH", "old/sdn.csv"):
        (directory / name).touch()


@pytest.mark.parametrize("block", COMMAND_BLOCKS, ids=lambda block: block.id)
def test_commands_are_taken(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage(tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in commands(block):
        _check(line)


def _check(line: str) -> None:
    try:
        takes(_numbered(line))
    except click.UsageError as error:
        said = error.format_message()
        if re.search(r"does not exist|No such file", said):
            return  # a file of the reader's
        pytest.fail(f"{line}: {said}")


def _numbered(line: str) -> str:
    """A number where the text says which kind of number is meant."""
    return re.sub(r"\b(ID|HIT|N)\b", "7", line.replace("DAY", "2026-03-01"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_sentences_exist(page: Path) -> None:
    """In a sentence a command may stand without its arguments; its name and its options must be right."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for line in INLINE.findall(text):
        command, rest = _found(_plain(line).split()[1:], line)
        have = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word.split("=")[0] for word in rest if word.startswith("--")} <= have | {"--help"}, line


def _found(words: list[str], line: str) -> tuple[click.Command, list[str]]:
    """The command that is meant, and the words behind it."""
    assert words[0] in COMMANDS, line
    module, attribute = COMMANDS[words[0]]
    command: click.Command = getattr(importlib.import_module(f"monitor.cli.{module}"), attribute)
    rest = words[1:]
    while isinstance(command, click.Group) and rest and re.fullmatch(r"[a-z]+(\|[a-z]+)*", rest[0]):
        names = rest[0].split("|")  # `monitor lists update|status`
        assert all(name in command.commands for name in names), line
        command, rest = command.commands[names[0]], rest[1:]
    return command, rest


@pytest.mark.parametrize("block", YAML_BLOCKS, ids=lambda block: block.id)
def test_yaml_is_taken(block: Block, tmp_path: Path) -> None:
    """As a watchlist, as rows of feeds, or as settings, whichever it is; what a page leaves out is filled in."""
    read: Any = yaml.safe_load(block.text)
    (tmp_path / "watchlists").mkdir()
    if isinstance(read, dict) and ("watchlist" in read or "overlay" in read):
        path = tmp_path / "watchlists/list.yaml"
        head = "" if "watchlist" in read else "watchlist: ofac-sdn\nsource: ofac-sdn\n"
        path.write_text(head + block.text, encoding="utf-8")
        assert parse(strictyaml.load(path)).watchlist
        return
    settings: dict[str, Any] = {"watchlists": ["watchlists"], "feeds": []}
    if isinstance(read, list):
        settings["feeds"] = read
    else:
        assert set(read) <= SETTINGS, "neither settings nor a watchlist"
        settings |= read
    settings["watchlists"] = ["watchlists"]
    _fill(settings)
    path = tmp_path / "monitor.yaml"
    path.write_text(json.dumps(settings, default=str), encoding="utf-8")
    environ = os.environ | dict.fromkeys(re.findall(r"\$\{(\w+)\}", block.text), "https://hooks.example.org/x")
    assert config.load(path, environ).path == path


def _fill(settings: dict[str, Any]) -> None:
    """Channels that a route of the fragment names and the fragment does not have."""
    have = [channel["id"] for channel in settings.get("channels", ())]
    named = [name for route in settings.get("routes", ()) for name in route.get("channels", ())]
    missing = [name for name in dict.fromkeys(named) if name not in have]
    if missing:
        settings["channels"] = [*settings.get("channels", ()), *({"id": name, "type": "console"} for name in missing)]
