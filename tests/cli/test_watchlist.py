"""`monitor watchlist`: add, lint, try, as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import monitor
from tests.watchlists.publisher import Publisher

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Port</title>
<item><guid>1</guid><title>Tanker held</title><description>The tanker of Zwartwater Shipping was held off the port on
Monday, the harbour master said.</description></item>
<item><guid>2</guid><title>Weather</title><description>Rain is expected.</description></item>
</channel></rss>"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    publisher = Publisher()
    publisher.files["feed.xml"] = RSS.encode()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "monitor.yaml").write_text(
        "watchlists: [list.yaml]\npolling: {allow_private: true, min_gap: 0s}\nchannels: [{id: t, type: console}]\n"
        f'feeds: [{{id: port, url: "{publisher.url}feed.xml", full_text: false}}]\n'
    )
    (tmp_path / "config" / "list.yaml").write_text("# ours\nwatchlist: ours\nentities:\n  - name: Somebody Else\n")
    yield tmp_path
    publisher.close()


def test_a_name_is_added_judged_and_tried_before_it_is_watched(home: Path) -> None:
    assert monitor(home, "poll").status == 0
    tried = home / "tried.yaml"
    done = monitor(home, "watchlist", "add", "Zwartwater Shipping", "--alias", "ZWS", "--file", str(tried))
    assert done.status == 0, done.err
    assert tried.read_text().startswith("# yaml-language-server")

    done = monitor(home, "watchlist", "lint", str(tried), "--json")
    assert done.status == 1
    assert [(f["name"], f["rule"]) for f in json.loads(done.out)] == [("ZWS", "too-short")]

    done = monitor(home, "watchlist", "try", str(tried), "--json")
    (found,) = json.loads(done.out)
    assert (found["name"], found["articles"]) == ("Zwartwater Shipping", 1)
    assert "held off the port" in found["examples"][0]["sentence"]
    assert (
        "2 stored articles of the last 2d: 1 hits by 1 names"
        in monitor(home, "watchlist", "try", str(tried), "--since", "2d").out
    )
    assert json.loads(monitor(home, "hits", "list", "--json").out) == []

    done = monitor(home, "watchlist", "add", "Zwartwater Shipping", "--type", "organization")
    assert (done.status, "list.yaml" in done.out) == (0, True)
    assert (home / "config" / "list.yaml").read_text().startswith("# ours\n")
    assert "type: organization" in (home / "config" / "list.yaml").read_text()

    done = monitor(home, "poll")
    assert "Added to ours on" in done.out
    assert "rescreen: 1 new names, 2 stored articles, 1 hits" in done.out
    assert "Zwartwater Shipping: in your news once in the last 90 days (ours, " in done.out
    (hit,) = json.loads(monitor(home, "hits", "list", "--json").out)
    assert (hit["entity"], hit["rescreened"]) == ("zwartwater-shipping", True)
    told = json.loads(monitor(home, "alerts", "list", "--json").out)
    assert sorted((one["kind"], one["title"], one["hits"]) for one in told) == [
        ("notice", "Added to ours: Zwartwater Shipping", []),
        ("notice", "New on ours: Zwartwater Shipping: in your news once in the last 90 days", [hit["id"]]),
    ]
    assert "rescreen" not in monitor(home, "poll").out
    (change,) = json.loads(monitor(home, "lists", "changes", "--json").out)
    assert (change["kind"], change["name"], change["watchlist"]) == ("added", "Zwartwater Shipping", "ours")
    assert "Added to ours on" in monitor(home, "lists", "status").out


def test_mistakes_are_one_line(home: Path) -> None:
    assert monitor(home, "watchlist", "add", "Somebody Else").status == 2
    assert monitor(home, "watchlist", "try", "config/list.yaml", "--since", "soon").status == 2
    assert monitor(home, "watchlist", "lint", "missing.yaml").status == 2
    done = monitor(home, "watchlist", "add", "Kestrel", "--country", "Atlantis")
    assert (done.status, "'Atlantis' is no country's code" in done.err) == (2, True)
    assert monitor(home, "watchlist", "add", "Kestrel", "--country", "Cyprus", "--country", "SD").status == 0
    assert "countries: [cy, sd]" in (home / "config" / "list.yaml").read_text()
    broken = home / "broken.yaml"
    broken.write_text("watchlist: x\nentities: [\n")
    done = monitor(home, "watchlist", "add", "Kestrel", "--file", str(broken))
    assert (done.status, "broken.yaml:" in done.err) == (2, True)
    assert broken.read_text() == "watchlist: x\nentities: [\n"
