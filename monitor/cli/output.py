"""Listings: JSON for scripts, tables for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_json(value: Any, *, compact: bool = False) -> None:
    """JSON and nothing else on stdout, complete; one line when `compact`."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if compact else 2))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Rows under their headings, wrapped to the terminal; `empty` is said when there are none.

    Cells are shown as they are: what stands in brackets is no markup, and control characters cannot move the cursor.
    """
    if not rows:
        click.echo(empty)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text("".join(c for c in cell if c.isprintable())) for cell in row))
    console = Console()
    if not console.is_terminal:  # in a pipe a row stays a line
        console.width = 10_000
    console.print(shown)


def safe_cell(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is quoted (titles come from outside)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
