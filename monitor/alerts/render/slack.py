"""Slack's Block Kit, within its limits whatever the news say.

Outside text stands in `rich_text` elements, where `*`, `_` and `<!channel>` have no meaning and a name can be bold in
the middle of a Chinese or Arabic word; in `plain_text` and the fallback `text` it is escaped. Limits:
https://docs.slack.dev/reference/block-kit/blocks; the total is undocumented and near 13,200 characters.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.alerts.render.clean import clean_lines, cut, one_line
from monitor.alerts.render.templates import FAULTS, Own, fill_own
from monitor.alerts.render.view import Group, HitView, Message, Quote, message
from monitor.model.alerts import Delivery

Json = dict[str, Any]

log = logging.getLogger(__name__)

HEADER = 150  # characters, escaped
BLOCKS = 50
TOTAL = 10_000  # characters in all texts and links of the blocks
FALLBACK = 3_000  # characters of the text for notifications and for programs that know no blocks
SENTENCE = 600  # characters shown of one sentence
_FIRST_BLOCKS = 2  # the header, and what says how many hits there are
_LAST_BLOCKS = 4  # "N more", note, links, disclaimer
_LAST_TEXT = 900  # characters kept free for them
_DOTS = {"critical": "🔴", "high": "🟠", "medium": "🟡", "low": "⚪"}


def render_slack(delivery: Delivery, *, base_url: str, now: datetime, own: Own = ()) -> Json:
    """The payload for an incoming webhook; `chat.postMessage` wants `channel` (and `thread_ts`) besides.

    The header's block_id carries the delivery's uid: a message that came twice shows it.
    """
    view = message(delivery, base_url=base_url, now=now)
    titles = {"alert": view.groups[0].name if view.groups else "", "notice": view.headline}
    title = titles.get(view.kind) or f"{view.kind.capitalize()}: {view.counts}"
    header = {
        "type": "header",
        "block_id": cut(f"delivery.{delivery.uid}", 255),
        "text": _plain(f"{_DOTS[view.severity]} {title}", HEADER),
    }
    body = [_alert(hit) for hit in view.hits] if view.kind == "alert" else [_listed(group) for group in view.groups]
    told = _own(view, own) or [*_lines(view), *_fitting(body, view)]
    return {
        "text": _fallback(view),
        "blocks": [header, *told, *_last(view)],
        "mrkdwn": False,  # of `text`: its asterisks are the article's
        "unfurl_links": False,
        "unfurl_media": False,
    }


def escape(text: str, limit: int) -> str:
    """`text` with `& < >` escaped, at most `limit` characters, never cut inside an entity."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= limit:
        return escaped
    kept = escaped[: limit - 1]
    entity = kept.rfind("&")
    return (kept[:entity] if entity > kept.rfind(";") else kept) + "…"


def _plain(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": escape(text, limit), "emoji": False}


def _text(text: str, *, bold: bool = False) -> Json:
    """Rich text is literal in Slack; angle brackets become ‹› so that what turns it into mrkdwn stays harmless too."""
    element = {"type": "text", "text": text.replace("<", "‹").replace(">", "›")}
    return element | {"style": {"bold": True}} if bold else element


def _link(url: str, text: str) -> Json:
    return {"type": "link", "url": url, "text": text.replace("<", "‹").replace(">", "›")}


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def _section(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def _quote(quote: Quote) -> Json:
    elements, left = [], SENTENCE
    for piece in quote:
        if left > 0:
            elements.append(_text(cut(piece.text, left), bold=piece.marked))
            left -= len(piece.text)
    return {"type": "rich_text_quote", "elements": elements}


def _article(hit: HitView) -> list[Json]:
    title = cut(hit.title, 300)
    return [_link(hit.link, title)] if hit.link else [_text(f"{title} {cut(hit.url, 300)}", bold=True)]


def _own(view: Message, own: Own) -> list[Json]:
    """What a person's own template says, literally: no `*`, `_` or `<!channel>` of it has a meaning."""
    if "slack.txt.j2" not in dict(own):
        return []
    try:
        said = clean_lines(fill_own("slack.txt.j2", view, own))[: TOTAL - _LAST_TEXT - HEADER]
    except FAULTS as error:
        log.error("slack.txt.j2: your template failed (%s); the message was sent as ours", error)
        return []
    return [_rich(_section(_text(said[at : at + 3000]))) for at in range(0, len(said), 3000)]


def _lines(view: Message) -> list[Json]:
    """A notice's lines, five a block, as many as the limits allow."""
    blocks: list[Json] = []
    used = 0
    for start in range(0, len(view.lines), 5):
        said = "\n".join(f"• {line}" for line in view.lines[start : start + 5])
        used += len(said)
        if used > TOTAL - _LAST_TEXT - HEADER:
            return [*blocks, _rich(_section(_text(f"{len(view.lines) - start} more lines", bold=True)))]
        blocks.append(_rich(_section(_text(said))))
    return blocks


def _alert(hit: HitView) -> list[Json]:
    """One hit with all its evidence, most important first: what does not fit is left out from the end."""
    plain = ("Type", "Countries", "Programmes")  # which need no label
    facts = [value if label in plain else f"{label.lower()} {value}" for label, value in hit.facts]
    why = "\n".join(f"• {line}" for line in hit.why)
    blocks = [
        {"type": "context", "elements": [_plain(" · ".join((f"{hit.severity}, {hit.score} of 100", *facts)), 600)]},
        _rich(*(_quote(quote) for quote in hit.quotes)),
        _rich(_section(*_article(hit), _text(f"\n{hit.feed}, {hit.published}"))),
    ]
    if why:
        blocks.append(_rich(_section(_text("Why it matched\n", bold=True), _text(cut(why, 1200)))))
    return blocks + _links(("Review the hit", hit.page), ("Source of the record", hit.record))


def _links(*links: tuple[str, str]) -> list[Json]:
    elements: list[Json] = []
    for text, url in links:
        if url:
            elements += [_text("   "), _link(url, text)] if elements else [_link(url, text)]
    return [_rich(_section(*elements))] if elements else []


def _listed(group: Group) -> list[Json]:
    """One entity in a summary or digest: a block for its name, one for each hit."""
    ties = "".join(f"\n{label}: {value}" for label, value in group.ties)
    name = _section(_text(group.name, bold=True), _text(f"  {group.watchlist} · {group.severity}{ties}"))
    return [_rich(name), *(_row(hit) for hit in group.hits)]


def _row(hit: HitView) -> Json:
    where = _text(f"\n{hit.feed}, {hit.published} · {hit.score} of 100")
    review = [_text(" · "), _link(hit.page, "Review")] if hit.page else []
    return _rich(_section(*_article(hit), where, *review), _quote(hit.quotes[0]))


def _fitting(body: Sequence[Sequence[Json]], view: Message) -> list[Json]:
    """As many blocks as the limits allow, and then how many hits are only on the page."""
    blocks: list[Json] = []
    used, shown = _LAST_TEXT + HEADER, 0
    hits = [list(group) for group in body]
    total = len(view.hits)
    for group in hits:
        for number, block in enumerate(group):
            size = _size(block)
            if used + size > TOTAL or len(blocks) + 1 + _FIRST_BLOCKS + _LAST_BLOCKS > BLOCKS:
                return [*blocks, *_more(total - shown, view)]
            used += size
            blocks.append(block)
            if view.kind == "alert":
                shown += number == len(group) - 1
            else:
                shown += number > 0
    return blocks


def _more(count: int, view: Message) -> list[Json]:
    said = f"{count} more {'hit' if count == 1 else 'hits'}"
    element = _link(view.all_hits, said) if view.all_hits else _text(said, bold=True)
    return [_rich(_section(element))]


def _last(view: Message) -> list[Json]:
    return [{"type": "context", "elements": [_plain(line, 400)]} for line in (view.note, view.disclaimer) if line]


def _size(node: object) -> int:
    """Characters in all texts and links below `node`."""
    if isinstance(node, dict):
        return sum(len(v) if k in ("text", "url") and isinstance(v, str) else _size(v) for k, v in node.items())
    return sum(_size(child) for child in node) if isinstance(node, list) else 0


def _fallback(view: Message) -> str:
    """Notifications show the first line; programs that know no blocks show all of it."""
    lines = [view.headline, *view.lines]
    for hit in view.hits:
        title = [] if view.kind == "alert" else [f"{hit.name}: {hit.title}"]
        lines += [*title, one_line(hit.sentence, SENTENCE), hit.url]
    return f"{escape(chr(10).join(lines), FALLBACK)}\n{view.disclaimer}"
