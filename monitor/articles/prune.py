"""What of a page is not its article, by the names that its makers gave to the parts. Pure, but for the tree it cuts.

trafilatura knows most of this, but not where it falls back on simpler ways: on short pages and in scripts whose words
it cannot count. benchmarks/extraction.py measures what it brings: over 199 pages 30 strings that should not be there
instead of 35, and none of the wanted ones lost.
"""

from __future__ import annotations

import re
from typing import Any

TAGS = frozenset({"nav", "aside", "footer"})
ROLES = frozenset({"navigation", "complementary", "contentinfo"})
PAGES_OWN = frozenset({"html", "body", "main", "article"})  # themes name these after all that a page may hold

NAMES = re.compile(
    r"""ads? | ads?[-_].* | .*[-_]ads? | adverts? | advertisements? | advertising | adsbygoogle | .*[-_]advert(isement)?
    | sponsored([-_].*)?
    | related([-_].*)? | .*[-_]related | recommended([-_].*)? | recommendations? | trending([-_].*)?
    | most[-_](read|popular|viewed)([-_].*)?
    | newsletter([-_].*)?
    | author[-_](bio|box|info|card|profile) | about[-_](the[-_])?author
    | comments? | comment[-_]list | comments[-_].* | disqus.*""",
    re.IGNORECASE | re.VERBOSE,
)
"""Whole class names and ids."""


def prune(tree: Any) -> None:
    """Take menus, adverts, related links, author boxes and comments out of an lxml tree.

    A part that is such by its name only, and holds half of the page's text, is left in.
    """
    half = len(tree.text_content()) / 2
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in PAGES_OWN or element.getparent() is None:
            continue
        if element.tag in TAGS or (_named_so(element) and len(element.text_content()) <= half):
            element.drop_tree()


def _named_so(element: Any) -> bool:
    if element.get("role") in ROLES or element.get("aria-label", "").lower() == "advertisement":
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"[:1000].split()
    return any(NAMES.fullmatch(name) for name in names)
