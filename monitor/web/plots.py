"""Plots, drawn on the server by pygal as SVG that carries no style and no script of its own.

What pygal adds for browsers (a style sheet, tooltips by script) is taken away: our style sheet colours its classes, so
that the plot follows light, dark and print, and a strict CSP has nothing to refuse.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import ceil

import pygal
from lxml import etree
from markupsafe import Markup

# pygal looks for maps as plug-ins in a way that Python gave up in 3.12; before, each later import would warn of it
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

HEIGHT = 170
"""Of a plot, in its own units; it is scaled to the page's width."""

STEPS = (1, 2, 5)

_GONE = (etree.Comment, "defs", "title", "desc")
_KEPT = {"class", "d", "x", "y", "width", "height", "transform", "viewBox"}


def stacked(
    label: str,
    columns: Sequence[str],
    series: Sequence[tuple[str, Sequence[int]]],
    *,
    every: int = 1,
    width: int = 760,
) -> Markup:
    """Stacked bars: `series` are (name, a count for each column), from the ground up; a name is also a class.

    label: what a screen reader says. every: how many columns have one label.
    """
    chart = pygal.StackedBar(
        js=[],
        width=width,
        height=HEIGHT,
        margin=4,
        spacing=4,
        show_legend=False,
        print_values=False,
        truncate_label=-1,
        x_labels_major_every=every,
        show_minor_x_labels=False,
        y_labels=steps(max((sum(counts) for counts in zip(*(c for _, c in series), strict=True)), default=0)),
        no_data_text="",
    )
    chart.x_labels = list(columns)
    for name, counts in series:
        chart.add(name, list(counts))
    tree = chart.render_tree()
    _strip(tree)
    for number, (name, counts) in enumerate(series):
        (group,) = tree.xpath(f"//g[starts-with(@class, 'series serie-{number} ')]")
        group.set("class", name)
        for column, bar in enumerate(group.xpath(".//g[@class='bar']")):
            if counts[column]:
                etree.SubElement(bar, "title").text = f"{columns[column]}: {counts[column]} {name.replace('_', ' ')}"
            else:
                bar.getparent().remove(bar)
    tree.attrib.update({"class": "plot", "role": "img", "aria-label": label})
    return Markup(etree.tostring(tree, encoding="unicode"))


def steps(most: int) -> list[int]:
    """Whole numbers for the axis, three or four of them, the last not below `most`."""
    most = max(most, 1)
    step = next(unit * 10**power for power in range(12) for unit in STEPS if unit * 10**power * 3 >= most)
    return list(range(0, step * ceil(most / step) + 1, step))


def _strip(tree: etree._Element) -> None:
    """Leave nothing but shapes, texts and classes."""
    for element in list(tree.iter()):
        if element.tag in _GONE or "overlay" in element.get("class", "") or element.get("class") == "background":
            element.getparent().remove(element)
            continue
        for name in set(element.attrib) - _KEPT:
            del element.attrib[name]
