"""Files in OFAC's CSV form, of our own invention: firms, ships and persons that do not exist."""

from __future__ import annotations

from pathlib import Path

NULL = "-0- "


def row(number: int, name: str, kind: str = NULL, programmes: str = "EXAMPLE-EO1", remarks: str = NULL) -> str:
    cells = [str(number), _quoted(name), _quoted(kind), _quoted(programmes), *[NULL] * 7, _quoted(remarks)]
    return ",".join(cells)


def _quoted(cell: str) -> str:
    return cell if cell == NULL else '"' + cell.replace('"', '""') + '"'


def alias(number: int, text: str, kind: str = "aka", number_of_alias: int = 1) -> str:
    return f'{number},{number_of_alias},"{kind}","{text}",{NULL}'


def address(number: int, country: str) -> str:
    return f'{number},1,"Harbour Road 1","Port Ellery","{country}",{NULL}'


def text(*rows: str) -> bytes:
    """As OFAC ends its files: a line feed after each row, then 0x1A."""
    return ("\r\n".join(rows) + "\r\n\x1a").encode()


def firms(count: int) -> list[str]:
    return [row(1000 + n, f"NORTHGATE MARINE {n} LLC") for n in range(count)]


def write_set(directory: Path, *, primary: list[str], aliases: list[str] | None = None) -> Path:
    """A directory with sdn.csv and alt.csv."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "sdn.csv").write_bytes(text(*primary))
    (directory / "alt.csv").write_bytes(text(*(aliases or [alias(1000, "NORTHGATE SHIPPING")])))
    return directory / "sdn.csv"
