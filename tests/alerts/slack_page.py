"""Slack blocks as a page that looks like them, for a picture of the message: our own rendering, no Slack code."""

from __future__ import annotations

from html import escape, unescape
from typing import Any

STYLE = """
body { margin: 0; padding: 24px 28px; background: #ffffff; color: #1d1c1d; width: 704px;
       font: 15px/1.47 Lato, 'Noto Sans', 'Noto Sans CJK SC', 'Helvetica Neue', Arial, sans-serif; }
.post { display: flex; gap: 12px; }
.icon { flex: none; width: 40px; height: 40px; border-radius: 9px; background: #0f172a; position: relative; }
.icon::after { content: ''; position: absolute; inset: 11px; border: 3px solid #fff; border-radius: 50%; }
.who { font-weight: 800; }
.dot { display: inline-block; width: 15px; height: 15px; border-radius: 50%; margin-inline-end: 2px; }
.app { font-size: 10px; background: #ececec; color: #616061; border-radius: 3px; padding: 1px 4px; }
.when { font-size: 12px; color: #616061; }
.header { font-size: 18px; font-weight: 800; margin: 6px 0; }
.context { font-size: 13px; color: #616061; margin: 6px 0; }
.rich { margin: 6px 0; white-space: pre-wrap; }
.quote { border-inline-start: 4px solid #dddddd; padding-inline-start: 12px; margin: 6px 0; unicode-bidi: plaintext; }
a { color: #1264a3; text-decoration: none; }
"""
DOTS = {"🔴": "#d22b2b", "🟠": "#f28c28", "🟡": "#f2c62f", "⚪": "#d5d8dc"}


def page(payload: dict[str, Any], when: str) -> str:
    blocks = "".join(_block(block) for block in payload["blocks"])
    return (
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><style>{STYLE}</style><div class=post><div class=icon></div>"
        f"<div><span class=who>Watchlist monitor</span> <span class=app>APP</span> <span class=when>{escape(when)}"
        f"</span>{blocks}</div></div></html>"
    )


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<div class=header>{_plain(block['text'])}</div>"
        case "context":
            return f"<div class=context>{' '.join(_plain(element) for element in block['elements'])}</div>"
        case "rich_text":
            return "".join(_rich(element) for element in block["elements"])
        case other:
            raise AssertionError(f"no drawing for a block of type {other}")


def _plain(text: dict[str, Any]) -> str:
    assert text["type"] == "plain_text"
    shown = escape(unescape(text["text"]))
    for emoji, colour in DOTS.items():  # not every machine has a font with them
        shown = shown.replace(emoji, f'<span class=dot style="background:{colour}"></span>')
    return shown


def _rich(element: dict[str, Any]) -> str:
    kind = {"rich_text_section": "rich", "rich_text_quote": "rich quote"}[element["type"]]
    return f'<div class="{kind}" dir=auto>{"".join(_part(part) for part in element["elements"])}</div>'


def _part(part: dict[str, Any]) -> str:
    text = escape(part["text"])
    if part["type"] == "link":
        return f'<a href="{escape(part["url"])}"><bdi>{text}</bdi></a>'
    return f"<b>{text}</b>" if part.get("style", {}).get("bold") else text
