"""How fast texts are screened, beside the cost of merely reading them and beside peers.

    python -m benchmarks.speed [--sizes 1000,10000,45000] [--articles 1000] [--rounds 3] [--record]

Writes the section "speed" of docs/benchmarks.md and its picture. Protocol. One process, one core, CPU time. Names:
entities of official lists in a fixed random order, until the size is reached; beyond what the lists have, persons made
of the words of theirs. Texts: news articles in several languages, cut to 4,000 characters. In each round every
contestant reads every article once, one after the other; ours is compiled anew for each round, so that what it
remembers of words grows from nothing (*streaming*), reads them through `screen_many` in its blocks, and then a second
time (*warm*); another one, as new, reads them *one by one*. Rounds are interleaved: floor, ours, peers, floor, …
Figures are medians over the rounds. The floor is `benchmarks/floor.py`: the words of the text into a set. *Start* is
compiling again what is kept on disk.

The multiples of the floor are compared with those recorded in benchmarks/ratios.json (written with --record): one that
is more than 15 % higher fails the command. Real lists and articles come from MONITOR_SHARED_DATA; without it a small
set made of the matcher's own tables and labelled cases stands in, and the page and the record are left alone.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import random
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.floor import floor
from benchmarks.peers import PEERS, SLOW_PEERS, Find, built
from benchmarks.picture import Series, log_log
from benchmarks.quality import commit
from benchmarks.report import PAGE, figure, shared_data, table, write_section
from monitor import strictyaml
from monitor.matching import Matcher, tables, words
from monitor.model.articles import Article
from monitor.model.watchlists import Entity, EntityType, Name, Watchlist
from monitor.shelf import Shelf
from monitor.watchlists.read import read_paths

T = TypeVar("T")

CHARACTERS = 4_000
SLOW_ARTICLES = 20  # for the peers that take seconds an article
RECORD = Path(__file__).with_name("ratios.json")
PICTURE = PAGE.parent / "images/speed.svg"

WORSE = 1.15
"""How much higher than recorded a multiple of the floor may be."""

LISTS = ("ofac-sdnset-2024-01-08.sdn.csv", "un-consolidated-2026-02-27.xml", "uk-hmt-conlist-2020-04-27.csv",
         "ca-sema-2025-05.xml", "us-csl-2023-11-30.csv")  # fmt: skip


@dataclass
class Times:
    """CPU seconds over all articles, one figure a round."""

    build: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    streaming: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    single: list[float] = field(default_factory=list)  # one article at a time, streaming
    start: list[float] = field(default_factory=list)  # from what is kept on disk
    peers: dict[str, list[float]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)  # seconds an article
    index_bytes: int = 0
    hits: int = 0


def real_entities(lists: Path) -> list[Entity]:
    paths = [lists / name for name in LISTS if (lists / name).exists()]
    entities = [entity for listed in read_paths(paths) for entity in listed.entities]
    random.Random(1).shuffle(entities)
    return entities


def enlarged(entities: list[Entity], size: int) -> list[Entity]:
    """The entities, and persons put together of the words of their persons' names, until there are `size` names."""
    persons = [name.text for one in entities if one.type is EntityType.PERSON for name in one.names]
    surnames, given = zip(*(text.split(maxsplit=1) for text in persons if " " in text), strict=True)
    dice = random.Random(2)
    missing = max(0, size - sum(len(entity.names) for entity in entities))
    texts = [f"{dice.choice(surnames)} {dice.choice(given)}" for _ in range(missing)]
    return entities + [
        Entity("made", str(number), EntityType.PERSON, (Name(text),)) for number, text in enumerate(texts)
    ]


def real_articles(path: Path, count: int) -> list[Article]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    long_enough = [row for row in rows if len(row["text"]) >= CHARACTERS // 2]
    random.Random(1).shuffle(long_enough)
    return [
        Article(row["id"], row["title"], row["text"][:CHARACTERS], row["lang"]) for row in long_enough[:count]
    ]  # fmt: skip


def made_entities(count: int) -> list[Entity]:
    """Persons out of the tables of names: enough of them, and nobody in particular."""
    given = sorted(form for form in tables.given_names() if form.isascii())
    surnames = sorted(form for form in words.name_classes() if form.isascii())
    dice = random.Random(1)
    names = dict.fromkeys(f"{dice.choice(given)} {dice.choice(surnames)}".title() for _ in range(2 * count))
    return [
        Entity("made", str(number), EntityType.PERSON, (Name(name),)) for number, name in enumerate(names)
    ]  # fmt: skip


def made_articles(count: int) -> list[Article]:
    """Articles of the texts of the labelled cases, in random order."""
    sentences: list[str] = []
    for path in sorted((Path(__file__).parents[1] / "tests/matching/cases").glob("*.yaml")):
        sentences += list(_texts(strictyaml.load(path).data["rules"]))
    dice = random.Random(1)
    articles = []
    for number in range(count):
        text = ""
        while len(text) < CHARACTERS:
            text += dice.choice(sentences) + " "
        articles.append(Article(str(number), "", text[:CHARACTERS]))
    return articles


def _texts(rules: Any) -> Iterable[str]:
    for rule in rules:
        for row in (*rule.get("yes", ()), *rule.get("no", ())):
            yield row if isinstance(row, str) else row[0] if isinstance(row, list) else row["text"]


def cpu(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of it, and what it gives."""
    gc.collect()
    start = time.process_time()
    given = work()
    return time.process_time() - start, given


def reading(find: Find, texts: Sequence[str]) -> float:
    """CPU seconds of looking at these texts."""
    return cpu(lambda: [find(text) for text in texts])[0]


def upto(entities: Sequence[Entity], size: int) -> list[Entity]:
    """Entities with about `size` names together."""
    chosen: list[Entity] = []
    names = 0
    for entity in entities:
        if names >= size:
            break
        chosen.append(entity)
        names += len(entity.names)
    return chosen


def measure(entities: list[Entity], articles: list[Article], rounds: int) -> Times:
    watchlist = Watchlist("benchmark", tuple(entities))
    texts = [f"{article.title}\n{article.text}" for article in articles]
    names = [name.text for entity in entities for name in entity.names]
    times = Times()
    peers = built(PEERS, names)
    for number in range(rounds):
        times.floor.append(reading(floor, texts))
        seconds, matcher = cpu(partial(Matcher.compile, [watchlist]))
        times.build.append(seconds)
        seconds, found = cpu(lambda screen=matcher.screen_many: sum(len(hits) for hits in screen(articles)))
        times.streaming.append(seconds)
        times.hits = found
        times.warm.append(cpu(lambda screen=matcher.screen_many: list(screen(articles)))[0])
        matcher.forget()
        times.single.append(cpu(lambda screen=matcher.screen: [screen(article) for article in articles])[0])
        for name, find in peers.items():
            times.peers.setdefault(name, []).append(reading(find, texts))
        print(f"  round {number + 1}: {times.streaming[-1]:.2f} s of CPU", file=sys.stderr)
    for name, find in built(SLOW_PEERS, names).items():
        times.slow[name] = reading(find, texts[:SLOW_ARTICLES]) / SLOW_ARTICLES
    with tempfile.TemporaryDirectory() as directory:
        shelf = Shelf(Path(directory))
        Matcher.compile([watchlist], shelf=shelf)
        times.start = [cpu(partial(Matcher.compile, [watchlist], shelf=shelf))[0] for _ in range(3)]
        tracemalloc.start()
        kept = Matcher.compile([watchlist], shelf=shelf)
        times.index_bytes = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        del kept
    return times


def rows(sizes: dict[int, Times], articles: list[Article]) -> tuple[str, str]:
    """Two tables: ours, and ratios to the floor of everybody."""
    kilobytes = sum(len(f"{a.title}{a.text}".encode()) for a in articles) / 1_000
    median = statistics.median
    mine, ratios = [], []
    for names, times in sizes.items():
        streaming, warm, low = median(times.streaming), median(times.warm), median(times.floor)
        single = median(times.single)
        mine.append(
            [
                f"{names:,}",
                f"{len(articles) / streaming:,.0f}",
                f"{1_000 * streaming * 4 / kilobytes:.2f}",
                f"{len(articles) / warm:,.0f}",
                f"{median(times.build):.2f}",
                f"{median(times.start):.2f}",
                f"{times.index_bytes / 1_000_000:.0f}",
                f"{times.index_bytes / names:,.0f}",
            ]
        )
        cells = [f"{names:,}", figure(streaming / low, 2), figure(warm / low, 2), figure(single / low, 2)]
        cells += [figure(median(some) / low, 2) for some in times.peers.values()]
        cells += [f"{seconds * len(articles) / low:,.0f}" for seconds in times.slow.values()]
        ratios.append(cells)
    one = next(iter(sizes.values()))
    head = [
        "names",
        "articles/s, streaming",
        "ms per 4 kB",
        "articles/s, warm",
        "build, s",
        "start, s",
        "index, MB",
        "bytes a name",
    ]
    return table(head, mine), table(
        ["names", "ours, streaming", "ours, warm", "ours, one by one", *one.peers, *one.slow], ratios
    )


SETTING = """{count:,} articles ({languages}; {size:,.0f} bytes on average) against names of official lists; commit
`{commit}`, Python {python}, one core, CPU time, medians of interleaved rounds; the judge and the explanations are
on. Streaming but where it says warm: what is remembered of words starts from nothing."""
RATIOS = "Time as a multiple of the floor (the words of the text into a set), in the same run; smaller is faster:"


def section(sizes: dict[int, Times], articles: list[Article]) -> str:
    ours, ratios = rows(sizes, articles)
    said = SETTING.format(
        count=len(articles),
        languages=", ".join(sorted({article.lang for article in articles if article.lang})),
        size=sum(len(f"{a.title}{a.text}".encode()) for a in articles) / len(articles),
        commit=commit(),
        python=".".join(map(str, sys.version_info[:2])),
    )
    picture = "![Articles a second against the number of names, both in powers of ten](images/speed.svg)"
    return f"## Speed (`make bench`)\n\n{said}\n\n{ours}\n\n{RATIOS}\n\n{ratios}\n\n{picture}"


def drawn(sizes: dict[int, Times], count: int) -> str:
    """The picture: articles a second of everybody, by the number of names."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for names, times in sizes.items():
        seconds = {
            "floor: only reading": times.floor,
            "ours, warm": times.warm,
            "ours, streaming": times.streaming,
            "ours, one by one": times.single,
            **times.peers,
            **{name: [one * count] for name, one in times.slow.items()},
        }
        for name, some in seconds.items():
            lines.setdefault(name, []).append((names, count / statistics.median(some)))
    return log_log([Series(name, points) for name, points in lines.items()], "names", "articles a second")


def multiples(sizes: dict[int, Times]) -> dict[str, float]:
    """Of the floor, by size and way of reading."""
    found: dict[str, float] = {}
    for names, times in sizes.items():
        for way in ("streaming", "warm", "single"):
            found[f"{names} {way}"] = round(statistics.median(getattr(times, way)) / statistics.median(times.floor), 2)
    return found


def worse(now: dict[str, float], recorded: dict[str, float]) -> list[str]:
    """A line for each multiple that is too much higher than recorded."""
    return [
        f"{what}: {value:.2f} times the floor, recorded were {recorded[what]:.2f}"
        for what, value in now.items()
        if what in recorded and value > WORSE * recorded[what]
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,45000", help="names, e.g. 1000,45000")
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="what is measured is what later runs are held to")
    options = parser.parse_args(arguments)
    shared = shared_data()
    real = shared is not None and (shared / "lists").is_dir() and (shared / "articles/articles.jsonl.gz").exists()
    sizes = [int(size) for size in options.sizes.split(",")]
    if shared is not None and real:
        entities = enlarged(real_entities(shared / "lists"), max(sizes))
        articles = real_articles(shared / "articles/articles.jsonl.gz", options.articles)
    else:
        print(
            "benchmarks.speed: no MONITOR_SHARED_DATA; measured on a made set, for a first idea only", file=sys.stderr
        )
        entities, articles = made_entities(max(sizes)), made_articles(min(options.articles, 200))
    results: dict[int, Times] = {}
    for size in sizes:
        chosen = upto(entities, size)
        names = sum(len(entity.names) for entity in chosen)
        print(f"{names:,} names", file=sys.stderr)
        results[names] = measure(chosen, articles, options.rounds)
        if names < size:
            break
    ours, ratios = rows(results, articles)
    print(f"{ours}\n\nmultiples of the floor:\n\n{ratios}")
    if real:
        write_section("speed", section(results, articles))
        PICTURE.write_text(drawn(results, len(articles)), encoding="utf-8")
        print("docs/benchmarks.md: section speed written", file=sys.stderr)
        return settled(multiples(results), record=options.record)
    return 0


def settled(now: dict[str, float], *, record: bool) -> int:
    """The exit code: 1 when something became slower than recorded."""
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    if record:
        RECORD.write_text(json.dumps({**recorded, **now}, indent=2) + "\n", encoding="utf-8")
        return 0
    slower = worse(now, recorded)
    for line in slower:
        print(f"benchmarks.speed: slower than recorded: {line}", file=sys.stderr)
    return 1 if slower else 0


if __name__ == "__main__":
    raise SystemExit(main())
