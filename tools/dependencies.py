"""What is installed with the monitor, and what is known against it.

    python -m tools.dependencies sbom [PATH]    CycloneDX, of requirements/run.txt (default: var/sbom.json)
    python -m tools.dependencies audit          known weaknesses of the same; asks PyPI, so it needs the network

Exit codes of `audit`: 0 nothing is known, 1 something is, 3 it could not be asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PINNED = ROOT / "requirements/run.txt"
UNREACHED = 3


def sbom(path: Path) -> None:
    """The same bytes for the same pins: no time of making, no random serial number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [
            *(sys.executable, "-m", "cyclonedx_py", "requirements", str(PINNED)),
            *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"),
            *("--output-format", "JSON", "--output-file", str(path)),
        ],
        check=False,
    )
    if made.returncode:
        raise SystemExit(made.returncode)
    sys.stdout.write(f"{len(json.loads(path.read_text())['components'])} packages: {path}\n")


def known(answer: dict[str, Any]) -> list[str]:
    """A line for each weakness in pip-audit's JSON: package, version, id, the version that mends it."""
    return [
        f"{package['name']} {package['version']}: {one['id']}, "
        f"mended in {', '.join(one['fix_versions']) or 'no version'}"
        for package in answer["dependencies"]
        for one in package.get("vulns", ())
    ]


def audit() -> int:
    asked = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(PINNED), "--require-hashes", "--disable-pip"),
            *("--format", "json", "--progress-spinner", "off", "--timeout", "15"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer = json.loads(asked.stdout)
    except ValueError:
        why = asked.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        sys.stderr.write(
            "audit: PyPI, which knows the weaknesses, could not be asked; nothing was audited. Run it where there is a "
            f"network. ({why[0][:300]})\n"
        )
        return UNREACHED
    found = known(answer)
    sys.stdout.write(
        "\n".join([*found, f"{len(answer['dependencies'])} packages, {len(found)} known weaknesses"]) + "\n"
    )
    return int(bool(found))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sbom", *rest]:
            sbom(Path(rest[0]) if rest else ROOT / "var/sbom.json")
        case ["audit"]:
            raise SystemExit(audit())
        case _:
            raise SystemExit(__doc__)
