"""Entities, lists and plots: what is watched, and how it does."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.listchanges import ListChange
from monitor.model.matches import Disposition
from monitor.store import Taken
from monitor.web.plots import stacked, steps
from tests.web.support import NOW, Desk
from tests.web.test_pages import Page


def test_an_entity_shows_its_names_and_their_noise(desk: Desk) -> None:
    desk.store.set_disposition(1, Disposition.FALSE_POSITIVE, who="dana", reason="A stadium", now=NOW)
    html = desk.ask("/entities/russia-energy/rosneft").text
    assert "2 in half a year" in html
    used, unused = html.split("Never matched")
    assert "俄罗斯石油公司" in used
    assert "ПАО НК Роснефть" in unused
    assert "100 %" in used, "the one hit by the main name that was decided was dismissed"
    told = desk.ask("/api/v1/entities/russia-energy/rosneft").json
    noise = {one["name"]: (one["hits"], one["noise"]) for one in told["use"]}
    assert noise == {"Rosneft PJSC": (1, 1.0), "俄罗斯石油公司": (1, None), "ПАО НК Роснефть": (0, None)}
    assert told["weeks"][-1] == {"week": "2026-11-23", "open": 1, "true_match": 0, "false_positive": 1, "escalated": 0}
    assert len(told["weeks"]) == 26


def test_entities_are_found_by_any_of_their_names(desk: Desk) -> None:
    assert "Rosneft PJSC" in desk.ask("/entities").text
    found = desk.ask("/entities?q=ПАО+роснефть").text
    assert "Rosneft PJSC" in found
    assert "LUKOIL" not in found
    assert "Nobody on the lists" in desk.ask("/entities?q=gazprom").text
    assert desk.ask("/entities/russia-energy/nobody").status == 404
    assert desk.ask("/api/v1/entities/russia-energy/..%2F..%2Fetc").status == 404


def test_entities_come_in_pages_that_join(desk: Desk) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = desk.ask(f"/api/v1/entities?limit=1{'&before=' + cursor if cursor else ''}").json
        seen += [one["entity"] for one in page["items"]]
        cursor = page["next"]
    assert seen == ["rosneft", "nioc", "lukoil", "lavrov"], "most hits first, then by list and id"
    for wrong in ("x", "W10", "e30", "WzEsMiwzXQ", "%FF"):
        assert desk.ask(f"/api/v1/entities?before={wrong}").status == 400


def test_the_lists_tell_since_when_and_what_changed(desk: Desk) -> None:
    then = NOW - timedelta(days=2)
    changes = [
        ListChange("russia-energy", "lukoil", "LUKOIL OAO", "added", then, ("RUSSIA-EO14024",)),
        ListChange("russia-energy", "rosneft", "Rosneft PJSC", "changed", then, names_added=("<b>РН",)),
    ]
    desk.store.take_lists({"russia-energy": Taken("a1b2c3", {})}, changes, {}, since=then, now=then)
    page = desk.ask("/lists").text
    assert "21 Nov, 09:17" in page
    assert "russia-officials" in page, "a list that nothing was screened against yet is shown too"
    diff = desk.ask("/lists/changes").text
    assert "1 added, 1 changed, 0 removed" in diff
    assert "&lt;b&gt;РН" in diff
    assert desk.ask("/lists/changes?watchlist=iran").text.count("<section") == 0
    told = desk.ask("/api/v1/lists/changes?limit=1").json["items"]
    assert [(one["entity"], one["kind"], one["names_added"]) for one in told] == [("rosneft", "changed", ["<b>РН"])]
    assert "LUKOIL OAO" in desk.ask("/overview").text


def test_the_overview_plots_without_style_or_script(desk: Desk) -> None:
    page = Page(desk.ask("/overview").text)
    labels = [one["aria-label"] for one in page.all("svg")]
    assert labels[0] == "Hits found on each of the last 14 days; 23 Nov: 5"
    assert labels[1] == "New articles in each of the last 24 hours, 5 in all"
    html = desk.ask("/overview").text
    assert "style=" not in html
    assert "<style" not in html
    assert html.count("<script") == 1
    assert desk.ask("/api/v1/overview").json["days"][0] == {
        "day": "2026-11-23", "low": 1, "medium": 0, "high": 3, "critical": 1,
    }  # fmt: skip


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=12)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 30).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 10**6), min_size=n, max_size=n), min_size=1, max_size=4)
    ),
    NAMES,
)
def test_any_counts_make_a_plot(counts: list[list[int]], label: str) -> None:
    columns = [f"{label} <{n}>" for n in range(len(counts[0]))]
    names = ["critical", "high", "medium", "low"][: len(counts)]
    svg = ElementTree.fromstring(stacked(label, columns, list(zip(names, counts, strict=True))))
    bars = [one for one in svg.iter() if one.tag.endswith("}rect")]
    assert len(bars) == sum(count > 0 for some in counts for count in some)
    assert {name for one in svg.iter() for name in one.attrib} <= {
        *("class", "d", "x", "y", "width", "height", "transform", "viewBox", "role", "aria-label"),
    }


@given(st.integers(0, 10**9))
def test_the_axis_has_few_whole_steps(most: int) -> None:
    found = steps(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert 2 <= len(found) <= 4
    assert len({b - a for a, b in pairwise(found)}) == 1


@pytest.mark.parametrize("path", ["/entities/%00/x", "/entities/a/%ED%A0%80", "/entities/" + "x" * 3000 + "/y"])
def test_odd_addresses_are_not_found(desk: Desk, path: str) -> None:
    assert desk.ask(path).status in (400, 404)
