"""XML read as a stream of records: one at a time, nothing expanded, nothing fetched. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from monitor.errors import SourceError

MAX_ELEMENTS = 200_000
"""Within one record. The longest of a real list has some thousands."""

Element = Any
"""An lxml element; lxml tells its types to no checker."""


def records(path: Path, tags: set[str]) -> Iterator[tuple[int, Element]]:
    """(line, element) of every element with one of these local names; it is emptied when the next is asked for.

    Raises SourceError where the file is not well-formed (with the line), or declares entities: no publisher does, and
    expanding them is how a small file fills the memory.
    """
    try:
        with path.open("rb") as file:
            reading = etree.iterparse(
                file,
                events=("end",),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            checked, inside = False, 0
            for _, element in reading:
                inside += 1
                if inside > MAX_ELEMENTS:
                    raise SourceError(
                        f"{path}:{element.sourceline or 0}: more than {MAX_ELEMENTS:,} elements in one record; "
                        "no publisher's list has such"
                    )
                if not checked:
                    checked = True
                    if element.getroottree().docinfo.doctype:
                        raise SourceError(f"{path}: has a document type declaration, which no publisher's list has")
                if local(element) not in tags:
                    continue
                inside = 0
                yield int(element.sourceline or 0), element
                element.clear()
                while element.getprevious() is not None:  # what was read is let go, or a list would be held whole
                    parent = element.getparent()
                    if parent is None:
                        break
                    del parent[0]
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        said = " ".join((error.msg or "it ends early").split())[:300]
        raise SourceError(f"{path}:{line}: not well-formed XML: {said}") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def local(element: Element) -> str:
    """The element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child(element: Element, *path: str) -> Element | None:
    """The first descendant along these local names."""
    for name in path:
        found = next((inner for inner in element if local(inner) == name), None)
        if found is None:
            return None
        element = found
    return element


def children(element: Element, *path: str) -> list[Element]:
    """Every descendant along these local names."""
    found = [element]
    for name in path:
        found = [inner for outer in found for inner in outer if local(inner) == name]
    return found


def text(element: Element | None, *path: str) -> str:
    """The text of the first descendant along these local names, trimmed; "" without one."""
    found = child(element, *path) if element is not None else None
    return (found.text or "").strip() if found is not None else ""
