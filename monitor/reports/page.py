"""A report as a page to be printed and filed: one file that needs no other. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.alerts.render.clean import http_link, one_line
from monitor.alerts.render.view import hit_view
from monitor.alerts.times import say_duration, say_time
from monitor.reports.answer import LEAD, answer, period, stretch
from monitor.reports.report import Report

STYLE = resources.files("monitor.reports").joinpath("templates/report.css").read_text(encoding="utf-8")

MOST = 1_000
"""Hits shown one by one; a printed page of more is read by nobody. CSV and JSON have them all."""


def to_html(report: Report, *, base_url: str = "", style_at: str = "") -> str:
    """The whole page. base_url: the dashboard's, for links to hits. style_at: where its style is served; "": within."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            answer=answer(report),
            when=period(report.start, report.end),
            hits=[(hit_view(finding.record, base_url.rstrip("/")), finding) for finding in report.findings[:MOST]],
            rest=max(0, len(report.findings) - MOST),
            style="" if style_at else STYLE,
            style_at=style_at,
            lead=LEAD,
        )
    )


def clock(moment: datetime | None, day: datetime) -> str:
    """`14:02` on the day that the report is about, else with its date."""
    if moment is None:
        return ""
    return f"{moment:%H:%M}" if moment.date() == day.date() else say_time(moment).removesuffix(" UTC")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"line": one_line, "link": http_link, "number": lambda value: f"{value:,}"}
    environment.globals |= {
        "say_time": say_time,
        "say_duration": say_duration,
        "stretch": stretch,
        "clock": clock,
    }
    return environment
