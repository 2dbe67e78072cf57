"""Finds sanctioned names in the news, keeps the evidence and tells the right people, once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.screening import Screener

__all__ = ["Screener"]


def __getattr__(name: str) -> Any:
    """`from monitor import Screener`, loaded when asked for: `monitor --help` and the workers need none of it."""
    if name == "Screener":
        return import_module("monitor.screening").Screener
    raise AttributeError(f"module 'monitor' has no attribute {name!r}")
