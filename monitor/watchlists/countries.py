"""Countries as official lists write them. Pure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml


def country_code(name: str) -> str:
    """ISO 3166-1 alpha-2, lower case, of a country as a list writes it; "" when it is not one."""
    return _countries().get(name.strip().rstrip(".").casefold(), "")


def country_codes(text: str) -> list[str]:
    """The codes in a cell of prose: `1) Iraq 2) Syria (since 2016)`, `Jordan as of May 2017`; unknown ones left out."""
    parts = re.split(r"[;,\n]|(?:^|\s)\(?(?:\d+|[a-z])\)\s", re.sub(r"\([^)]*\)?(?=\s|$|[;,.])", " ", text))
    plain = [re.split(r"\s(?:as of|as at|since|until|reportedly)\b", part)[0].strip(" .") for part in parts]
    return list(dict.fromkeys(code for part in [text, *plain] if (code := country_code(part))))


@cache
def _countries() -> dict[str, str]:
    table = yaml.safe_load((Path(__file__).parent / "data" / "countries.yaml").read_text(encoding="utf-8"))
    return {str(name).casefold(): str(code) for code, names in table["countries"].items() for name in names}
