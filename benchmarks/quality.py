"""Quality of `monitor screen` on labelled texts beside baselines; writes the section "quality" of docs/benchmarks.md.

    python -m benchmarks.quality                   all tasks
    python -m benchmarks.quality --task T1,T7      some; the page keeps what it says (printed only)
    python -m benchmarks.quality --errors 20       and what was missed and falsely found

Needs MONITOR_SHARED_DATA with `quality/`; without it the command says so and exits 0. The scorer is the data's own
(`quality/quality.py`, `quality/T7/score.py`), run as a program with this environment's `monitor` and its default
setting. For the curve of T4 alone, lower scores are asked for too. Baselines do not change with our code: their figures
are kept in `var/benchmarks`, by the scorer's digest (`--fresh` measures them again).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.report import figure, shared_data, table, write_section

MONITOR = Path(sys.executable).with_name("monitor")
CACHE = Path("var/benchmarks")
TASKS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7")
BASELINES = {
    "exact": "exact (folded, legal forms off)",
    "capspan": "capitalised spans, token_sort ≥ 88",
    "partial90": "partial_ratio ≥ 90",
}
PARTIAL_NOTE = "`partial_ratio` is too slow for whole lists: on T1–T3 and T5 it was run on 40 documents of each set."
CYRILLIC = ("bg", "ru", "uk")
CURVE_FROM = 75  # score from which the curve of T4 is shown
SWEEP = ("75", "80", "85", "88", "90", "92", "95", "98")

Figures = dict[str, Any]


def run(command: Sequence[str | Path], cwd: Path) -> None:
    """Run a scorer, its output passed on."""
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, stdout=sys.stderr)


def score_texts(quality: Path, tasks: Sequence[str], arguments: Sequence[str]) -> Figures:
    """Figures of T1–T6 by quality.py."""
    if not tasks:
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "figures.json"
        run([sys.executable, "quality.py", "--task", ",".join(tasks), "--json", out, *arguments], quality)
        figures: Figures = json.loads(out.read_text(encoding="utf-8"))
        return dict(figures["tasks"])


def score_entries(quality: Path, errors: int) -> Figures:
    """Figures of T7 for our engine: real feed entries against the combined official lists."""
    with tempfile.TemporaryDirectory() as scratch:
        entries, watchlist, hits, out = (
            Path(scratch) / name for name in ("entries.jsonl", "watchlist.yaml", "hits.jsonl", "figures.json")
        )
        entries.write_bytes(gzip.decompress((quality / "T7/entries.jsonl.gz").read_bytes()))
        watchlist.write_bytes(gzip.decompress((quality / "T7/watchlist.yaml.gz").read_bytes()))
        with hits.open("wb") as stream:
            subprocess.run([MONITOR, "screen", entries, "--watchlist", watchlist], stdout=stream, check=True)
        run([sys.executable, "T7/score.py", hits, "--json", out, "--errors", str(errors)], quality)
        figures: Figures = json.loads(out.read_text(encoding="utf-8"))
        return figures


def ours(quality: Path, tasks: Sequence[str], errors: int) -> Figures:
    texts = [task for task in tasks if task != "T7"]
    figures = score_texts(quality, texts, ["--engine", str(MONITOR), "--errors", str(errors)])
    if "T7" in tasks:
        figures["T7"] = score_entries(quality, errors)
    return figures


def baseline(quality: Path, name: str, fresh: bool) -> Figures:
    """Figures of a baseline of the scorers, measured once for each state of them."""
    digest = hashlib.sha256((quality / "quality.py").read_bytes() + (quality / "T7/score.py").read_bytes()).hexdigest()
    kept = CACHE / f"quality-{name}-{digest[:12]}.json"
    if kept.exists() and not fresh:
        found: Figures = json.loads(kept.read_text(encoding="utf-8"))
        return found
    print(f"measuring the baseline {name} (minutes; once)", file=sys.stderr)
    figures = score_texts(quality, TASKS[:-1], ["--baseline", name])
    if name != "partial90":
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "figures.json"
            run([sys.executable, "T7/score.py", "--baseline", name, "--json", out], quality)
            figures["T7"] = json.loads(out.read_text(encoding="utf-8"))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(figures), encoding="utf-8")
    return figures


def pair(row: Figures | None, first: str = "recall", second: str = "precision") -> str:
    return "–" if row is None else f"{figure(row.get(first))} / {figure(row.get(second))}"


def overview(results: dict[str, Figures]) -> str:
    """One row a task, one column an engine."""

    def line(label: str, *path: str, first: str = "recall", second: str = "precision") -> list[str]:
        cells = []
        for figures in results.values():
            row: Figures | None = figures
            for key in path:
                row = (row or {}).get(key)
            cells.append(pair(row, first, second))
        return [label, *cells]

    def text(label: str, say: Any, *path: str) -> list[str]:
        cells = []
        for figures in results.values():
            row: Figures | None = figures
            for key in path:
                row = (row or {}).get(key)
            cells.append("–" if row is None else say(row))
        return [label, *cells]

    rows = [
        line("T1 English news, linked entities: recall / precision", "T1", "en"),
        line("T2 six Slavic languages, macro: recall / precision", "T2", "macro"),
        text("T2 inflected mentions: recall", lambda r: figure(r["recall_inflected"]), "T2", "macro"),
        *(
            line(f"T3 Latin list, {lang} news: recall / precision", "T3", f"latin>{lang}")
            for lang in ("bg", "ru", "uk")
        ),
        line("T3 Russian list, Russian news (NEREL): recall / precision", "T3", "nerel-ru"),
        line("T4 name variants, macro: recall / false-alarm rate", "T4", "macro", second="false_alarm_rate"),
        text("T4 nk-bench: F1", lambda r: figure(r["f1"]), "T4", "nk-bench"),
        text("T5 alarms per 1,000 ordinary names", lambda r: f"{r['alarms_per_1000']:.1f}", "T5", "ordinary names"),
        text("T5 planted names: recall", lambda r: figure(r["recall"]), "T5", "planted"),
        text("T5 hits per 1,000 ordinary articles", lambda r: f"{r['hits_per_1000']:.0f}", "T5", "news"),
        text("T5 share of the true pool", lambda r: figure(r["recall_of_true_pool"]), "T5", "news"),
        text("T6 the page, plain spellings: found, decoys hit", _page, "T6", "plain"),
        text("T6 the page, official spellings: found, decoys hit", _page, "T6", "official"),
        text("T7 feed entries, official lists: recall", lambda r: figure(r["recall_true"]), "T7"),
        text("T7 recall by entity", lambda r: figure(r["recall_by_entity"]), "T7"),
        text("T7 recall without the commonest", lambda r: figure(r["recall_true_without_commonest"]), "T7"),
        text("T7 false alarms per 1,000 entries", _false, "T7"),
        text("T7 precision", lambda r: figure(r["precision_if_unjudged_false"]), "T7"),
    ]
    return table(["", *results], rows)


def _page(row: Figures) -> str:
    return f"{len(row['found'])} of {len(row['found']) + len(row['missed'])}, {len(row['decoys_hit'])}"


def _false(row: Figures) -> str:
    return f"{row['false_per_1000'] + row['unjudged_per_1000']:.1f}"


def variants(results: dict[str, Figures], swept: Figures) -> str:
    """T4 by set, and the curve of recall against false alarms by score."""
    mine = next(iter(results.values()))["T4"]
    sets = [name for name in mine if name != "macro"]
    by_set = table(
        ["T4 set (positives, negatives): recall / false-alarm rate", *results],
        [
            [f"{name} ({mine[name]['positives']}, {mine[name]['negatives']})"]
            + [pair(figures.get("T4", {}).get(name), second="false_alarm_rate") for figures in results.values()]
            for name in sets
        ],
    )
    curve = table(
        ["recall / false-alarm rate at a score of at least", *SWEEP],
        [[name, *(pair(swept[name]["sweep"].get(t), second="false_alarm_rate") for t in SWEEP)] for name in sets],
    )
    return f"{by_set}\n\nThe curve (ours; the threshold in use is 88):\n\n{curve}"


SETTING = """Measured {today} on commit `{commit}`, one default setting for all tasks. Texts, labels and baselines are
those of the labelled tasks beside the project (MONITOR_SHARED_DATA): T1–T3 news with linked mentions, T4 labelled pairs
of names planted in sentences, T5 invented ordinary names and ordinary news, T6 one newspaper page, T7 real feed entries
of January 2026 against 25,964 official records. Namesakes, and for T7 hits that nobody has judged, are counted as the
tasks' own rules say."""


def section(results: dict[str, Figures], swept: Figures, commit: str) -> str:
    """The section of docs/benchmarks.md; swept: T4 measured from a lower threshold, for the curve."""
    today = datetime.now(UTC).date().isoformat()
    head = "## Quality (`make bench-quality`)"
    setting = SETTING.format(today=today, commit=commit)
    return "\n\n".join([head, setting, overview(results), PARTIAL_NOTE, variants(results, swept)])


def commit() -> str:
    """The commit that is measured, wherever the process has gone meanwhile."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.quality", description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="all", help="T1,T2,… or all")
    parser.add_argument("--errors", type=int, default=0, help="show so many misses and false hits of each set")
    parser.add_argument("--fresh", action="store_true", help="measure the baselines again")
    options = parser.parse_args(arguments)
    shared = shared_data()
    if shared is None or not (shared / "quality/quality.py").exists():
        print("benchmarks.quality: the labelled tasks are absent (MONITOR_SHARED_DATA/quality); nothing measured")
        return 0
    quality = shared / "quality"
    tasks = TASKS if options.task == "all" else tuple(options.task.split(","))
    if unknown := [task for task in tasks if task not in TASKS]:
        parser.error(f"unknown task {unknown[0]}: one of {', '.join(TASKS)} or all")
    mine = ours(quality, tasks, options.errors)
    results = {"monitor": mine}
    if options.task == "all":
        results |= {label: baseline(quality, name, options.fresh) for name, label in BASELINES.items()}
        lower = ["--engine", str(MONITOR), "--args", f"--threshold {CURVE_FROM}"]
        swept = score_texts(quality, ["T4"], lower)["T4"]
        write_section("quality", section(results, swept, commit()))
        print("docs/benchmarks.md: section quality written", file=sys.stderr)
    print(overview(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
