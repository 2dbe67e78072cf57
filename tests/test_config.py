"""Settings as people write them, and what is said when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import config
from monitor.config import Settings
from monitor.model.settings import EmailChannel, SlackChannel
from monitor.strictyaml import FileProblems

SMALL = """\
watchlists: [lists]
feeds:
  - {id: world, url: "https://news.example.org/rss.xml"}
"""


def load(directory: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    (directory / "lists").mkdir(exist_ok=True)
    path = directory / "monitor.yaml"
    path.write_text(text)
    return config.load(path, environ or {})


def problems(directory: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(FileProblems) as caught:
        load(directory, text, environ)
    return [str(problem).removeprefix(f"{directory}/") for problem in caught.value.problems]


def test_everything_has_a_default_but_the_feeds(tmp_path: Path) -> None:
    settings = load(tmp_path, SMALL)
    assert settings.feeds[0].id == "world"
    assert settings.watchlists == (tmp_path / "lists",)
    assert settings.polling.interval == 900
    assert settings.matching.threshold == 88
    assert [channel.type for channel in settings.channels] == ["console"]
    assert [route.channels for route in settings.routes] == [("terminal",)]
    assert settings.web.base_url == "http://127.0.0.1:8000"
    assert "'feeds' is missing" in problems(tmp_path, "watchlists: [lists]\n")[0]


def test_feeds_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("- {id: a, url: 'https://a.example/rss', interval: 90s, tags: [energy]}\n")
    settings = load(tmp_path, "watchlists: [lists]\nfeeds: feeds.yaml\n")
    assert settings.feeds[0].interval == 90
    assert settings.files == (tmp_path / "monitor.yaml", tmp_path / "feeds.yaml")
    (tmp_path / "feeds.yaml").write_text(
        "- {id: a, url: 'ftp://a.example/rss'}\n- {id: a, url: 'https://b.example/'}\n"
    )
    found = problems(tmp_path, "watchlists: [lists]\nfeeds: feeds.yaml\n")
    assert found[0].startswith("feeds.yaml:1:")
    assert "ftp://a.example/rss" in found[0]
    assert found[1].startswith("feeds.yaml:2:")
    assert "line 1" in found[1]


def test_durations_and_sizes_carry_units(tmp_path: Path) -> None:
    settings = load(
        tmp_path, SMALL + "polling: {interval: 1.5h, max_bytes: 2MB, timeout: 20}\nretention: {articles: 2w}\n"
    )
    assert settings.polling.interval == 5400
    assert settings.polling.max_bytes == 2_000_000
    assert settings.polling.timeout == 20
    assert settings.retention.articles == 14 * 86400
    assert "soon" in problems(tmp_path, SMALL + "polling: {interval: soon}\n")[0]


def test_secrets_come_from_the_environment_or_from_files(tmp_path: Path) -> None:
    text = SMALL + (
        "channels:\n"
        "  - {id: m, type: email, host: mail.example.org, username: u, password: '${SMTP_PASSWORD}',\n"
        "     from: a@example.org, to: b@example.org}\n"
        "  - {id: s, type: slack, webhook_url: '${SLACK_URL}'}\n"
    )
    (tmp_path / "slack").write_text("https://hooks.slack.example/T/B/x\n")
    settings = load(tmp_path, text, {"SMTP_PASSWORD": "hunter2", "SLACK_URL_FILE": str(tmp_path / "slack")})
    mail, slack = settings.channels
    assert isinstance(mail, EmailChannel)
    assert isinstance(slack, SlackChannel)
    assert mail.password.get_secret_value() == "hunter2"
    assert slack.webhook_url.get_secret_value() == "https://hooks.slack.example/T/B/x"
    assert "hunter2" not in repr(settings)
    assert "hooks.slack" not in repr(settings)
    missing = problems(tmp_path, text)
    assert missing[0].startswith("monitor.yaml:5:")
    assert "SMTP_PASSWORD_FILE" in missing[0]
    assert missing[1].startswith("monitor.yaml:7:")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("alert: {burst: 3}\n", 4, "did you mean 'alerts'?"),
        ("matching: {threshold: 120}\n", 4, "120"),
        ("routes:\n  - {id: r, channels: [nobody]}\n", 5, "'nobody'"),
        ("channels:\n  - {id: s, type: slack}\n", 5, "webhook_url"),
        ("channels:\n  - {id: s, type: pigeon}\n", 5, "pigeon"),
        ("alerts: {timezone: Mars/Olympus}\n", 4, "IANA"),
        ("watchlist: [x]\n", 4, "did you mean 'watchlists'?"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, line: int, said: str) -> None:
    found = problems(tmp_path, SMALL + text)
    assert found[0].startswith(f"monitor.yaml:{line}:"), found
    assert said in found[0]


def test_what_is_not_there_or_not_settings_is_said(tmp_path: Path) -> None:
    assert "no such file or directory: nowhere" in problems(tmp_path, SMALL.replace("[lists]", "[nowhere]"))[0]
    with pytest.raises(FileProblems, match="no such settings file"):
        config.load(tmp_path / "none.yaml", {})
    assert "keys with values" in problems(tmp_path, "- a\n- b\n")[0]
    assert "monitor.yaml:2:" in problems(tmp_path, "feeds: [\n")[0]


def test_the_settings_file_can_be_named_by_the_environment(tmp_path: Path) -> None:
    load(tmp_path, SMALL)
    assert config.load(None, {"MONITOR_CONFIG": str(tmp_path / "monitor.yaml")}).path == tmp_path / "monitor.yaml"
