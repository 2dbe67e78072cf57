"""The site is built without a warning, and its pages load nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(made)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == "", "a link that leads nowhere, or a page that no menu shows"
    return made


class Loaded(HTMLParser):
    """What a browser fetches for a page without being asked: not what is behind links."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video", "audio"):
            self.addresses.append(given.get("src") or "")
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev", "alternate"):
            self.addresses.append(given.get("href") or "")


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert loaded.addresses, page
        away = [one for one in loaded.addresses if "://" in one or one.startswith("//")]
        assert away == [], page
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:@import|url\()\s*['\"]?https?:", style.read_text(encoding="utf-8")) == [], style


def test_every_page_is_on_the_site(site: Path) -> None:
    documents = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix().replace("README.html", "index.html")
        for path in ROOT.glob("docs/**/*.md")
    }
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert documents | {"architecture.html", "contributing.html", "changelog.html"} <= built
    index = (site / "decisions/index.html").read_text(encoding="utf-8")
    assert all(f'href="{path.stem}.html"' in index for path in ROOT.glob("docs/decisions/[a-z]*.md"))
