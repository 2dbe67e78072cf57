"""The reference pages say what the code says, and links in the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.reference.make import PAGES

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", sorted(PAGES))
def test_made_of_the_code(page: str) -> None:
    kept = (ROOT / "docs/reference" / page).read_text(encoding="utf-8")
    assert kept == PAGES[page](), "run `make reference`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = [
        target
        for target in LINK.findall(text)
        if "://" not in target and not target.startswith("mailto:") and not (document.parent / target).exists()
    ]
    assert broken == []
