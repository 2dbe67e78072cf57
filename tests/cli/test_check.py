"""`monitor check`: everything wrong is named with its place; what is right says where data goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import monitor

SETTINGS = """\
watchlists: [lists]
feeds:
  - {id: world, url: "https://news.example.org/rss.xml"}
channels:
  - {id: terminal, type: console}
  - {id: desk, type: email, host: mail.example.org, from: a@example.org, to: [b@example.org], password: "${PASSWORD}"}
  - {id: slack, type: slack, webhook_url: "https://hooks.slack.example/services/T0/B0/secret"}
routes:
  - {id: all, channels: [terminal, desk, slack]}
"""
LIST = """\
watchlist: energy
entities:
  - {id: rosneft, type: organization, name: Rosneft PJSC, aliases: [Роснефть]}
"""


def lay_out(directory: Path, settings: str = SETTINGS, watchlist: str = LIST) -> None:
    (directory / "lists").mkdir()
    (directory / "lists" / "energy.yaml").write_text(watchlist)
    (directory / "config").mkdir()
    (directory / "config" / "monitor.yaml").write_text(settings.replace("[lists]", "[../lists]"))


def test_all_is_well_and_it_says_who_is_told(tmp_path: Path) -> None:
    lay_out(tmp_path)
    done = monitor(tmp_path, "check", PASSWORD="hunter2")
    assert done.status == 0, done.err
    assert "energy: 1 entities, 2 names" in done.out
    assert "go out to mail.example.org:587" in done.out
    assert "go out to hooks.slack.example" in done.out
    assert "stays on this machine" in done.out
    assert "hunter2" not in done.out
    assert "secret" not in done.out
    assert not (tmp_path / "var").exists(), "checking writes nothing"


def test_json_says_the_same(tmp_path: Path) -> None:
    lay_out(tmp_path)
    done = monitor(tmp_path, "check", "--json", PASSWORD="hunter2")
    said = json.loads(done.out)
    assert said["fatal"] == said["problems"] == []
    assert said["watchlists"][0]["names"] == 2
    assert [channel["to"] for channel in said["channels"]] == ["", "mail.example.org:587", "hooks.slack.example"]


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ("{users: users.yaml}", "no such file of users"),
        ("{host: 0.0.0.0}", "nobody would have to log in"),
        ("{trusted_proxies: [everybody]}", "trusted_proxies"),
    ],
)
def test_who_may_enter_is_checked_too(tmp_path: Path, web: str, said: str) -> None:
    lay_out(tmp_path, f"{SETTINGS}web: {web}\n")
    done = monitor(tmp_path, "check", PASSWORD="x")
    assert done.status == 2
    assert said in done.err


def test_every_mistake_in_settings_is_named_at_once(tmp_path: Path) -> None:
    lay_out(tmp_path, SETTINGS.replace("channels:", "chanels:", 1).replace("terminal, desk", "terminal, dest"))
    done = monitor(tmp_path, "check", PASSWORD="x")
    assert done.status == 2
    assert "config/monitor.yaml:4:1: unknown key 'chanels'; did you mean 'channels'?" in done.err


def test_a_missing_secret_is_named_with_its_place(tmp_path: Path) -> None:
    lay_out(tmp_path)
    done = monitor(tmp_path, "check")
    assert done.status == 2
    assert "config/monitor.yaml:6:" in done.err
    assert "PASSWORD" in done.err


def test_a_broken_list_is_fatal_and_a_wrong_check_digit_is_a_problem(tmp_path: Path) -> None:
    lay_out(tmp_path, watchlist=LIST + "  - {name: Neptun Line, countres: [ru]}\n")
    done = monitor(tmp_path, "check", PASSWORD="x")
    assert done.status == 2
    assert "energy.yaml:4:25: unknown key 'countres'; did you mean 'countries'?" in done.err
    (tmp_path / "lists" / "energy.yaml").write_text(
        LIST + "  - {name: Neptun Line, type: vessel, identifiers: {imo: '9074728'}}\n"
    )
    done = monitor(tmp_path, "check", PASSWORD="x")
    assert done.status == 1, done.err
    assert "IMO '9074728' is not valid" in done.err


def test_no_settings_at_all(tmp_path: Path) -> None:
    done = monitor(tmp_path, "check")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "no such settings file" in done.err
