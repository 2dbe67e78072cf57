"""What MkDocs is told beside mkdocs.yml: three pages that stand at the project's root belong to the site too."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {"ARCHITECTURE.md": "architecture.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_LINK.sub(_placed, text)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs' own
    """The index of the decisions names each of them by its title."""
    if page.file.src_uri != "decisions/README.md":
        return markdown
    others = (path for path in sorted((ROOT / "docs/decisions").glob("*.md")) if path.name != "README.md")
    lines = (
        f"- [{path.read_text(encoding='utf-8').partition(chr(10))[0].lstrip('# ')}]({path.name})" for path in others
    )
    return markdown + "\n" + "\n".join(lines) + "\n"


def _placed(link: re.Match[str]) -> str:
    """The link as it leads from docs/."""
    target = link[1]
    if target in PAGES:
        return f"]({PAGES[target]})"
    if target.rstrip("/") == "docs/decisions":
        return "](decisions/README.md)"
    return f"]({target.removeprefix('docs/')})"
