"""Reports: what was looked at, what was found, what was decided. `build` asks the store; all else is pure.

polls, texts, lists ─coverage*→ FeedCoverage, Gaps, Outages ┐
hits, decisions, deliveries ─────────────────────────────── Report ─answer*→ the first sentence ─page*, csv*, json*→
"""

from monitor.reports.build import build
from monitor.reports.csv import to_csv
from monitor.reports.json import to_json
from monitor.reports.page import STYLE, to_html
from monitor.reports.report import Asked, Finding, Report

__all__ = ["STYLE", "Asked", "Finding", "Report", "build", "to_csv", "to_html", "to_json"]
