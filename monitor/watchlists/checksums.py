"""What publishers say their files have as a checksum. Pure.

OpenSanctions keeps an `index.json` beside the files of a collection, `{"resources": [{"name", "url", "checksum", …}]}`,
where `url` names the day's edition and `checksum` is its SHA-1 in hex (https://www.opensanctions.org/docs/bulk/). OFAC
publishes SHA-256 on a page for people only, in no form for programs; the UN, the EU, the UK, Switzerland and Canada
publish none. Of those it is the counts of records and names that tell.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from monitor.errors import SourceError

INDEX = "index.json"
ALGORITHMS = {40: "sha1", 64: "sha256"}
"""By the digits of a checksum. SHA-1 stands against accidents on the way; TLS against those who mean harm."""


@dataclass(frozen=True, slots=True)
class Published:
    """A file as its publisher's index has it."""

    url: str
    checksum: str  # hex, lower case


def index_of(source: str, address: str) -> str:
    """Where the index of a file lies; "" for publishers without one."""
    return urljoin(address, INDEX) if source == "opensanctions" else ""


def published(index: bytes, where: str, address: str) -> Published:
    """What an index says of the file at this address; its own address only on the same host, for mirrors keep indexes.

    where: the index's URL. Raises SourceError for what is no such index, or says nothing of the file.
    """
    name = urlsplit(address).path.rpartition("/")[2]
    try:
        resources = json.loads(index)["resources"]
        found = next(one for one in resources if one["name"] == name)
        url, checksum = str(found.get("url") or address), str(found["checksum"]).lower()
    except (ValueError, TypeError, KeyError, StopIteration, RecursionError) as error:
        raise SourceError(f"{where}: no index of files with a checksum of {name}") from error
    if len(checksum) not in ALGORITHMS or not re.fullmatch("[0-9a-f]+", checksum):
        raise SourceError(f"{where}: {checksum[:70]!r} is no checksum of {name}")
    same = urlsplit(url)[:2] == urlsplit(address)[:2]
    return Published(url if same else address, checksum)


def verify(path: Path, checksum: str, address: str) -> None:
    """Raises SourceError when a downloaded file is not what its publisher says."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, ALGORITHMS[len(checksum)]).hexdigest()
    if found != checksum:
        raise SourceError(f"{address}: not what its publisher gave the checksum of: {found}, and {checksum} is due")
