"""The sentence around a mention, for people to read. Pure."""

from __future__ import annotations

import re

from monitor.model.matches import Mention, Snippet

LONGEST = 400
"""Code points of a snippet; a long sentence is cut around the mention, at a word."""

_END = re.compile(r"(?<=[.!?…。！？])['\"”’»)]*\s+|[\n\r]+|\s[|•]\s")


def snippet(text: str, mention: Mention) -> Snippet:
    """The sentence of `text` in which the mention stands, cut to LONGEST: `snippet.text[start:end]` is its surface."""
    room = max(0, LONGEST - (mention.end - mention.start)) // 2
    begin, end = max(0, mention.start - room), min(len(text), mention.end + room)
    before, after = text[begin : mention.start], text[mention.end : end]
    left = begin
    for found in _END.finditer(before):
        left = begin + found.end()
    if left == begin and begin > 0:
        left = begin + (before.find(" ") + 1)
    following = _END.search(after)
    right = mention.end + following.start() if following else end
    if not following and end < len(text):
        space = after.rfind(" ")
        right = mention.end + (space if space > 0 else len(after))
    while right > mention.end and text[right - 1].isspace():
        right -= 1
    return Snippet(text[left:right], mention.start - left, mention.end - left)
