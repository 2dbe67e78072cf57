"""What a user could pick instead, each as a function of a text. An optional peer that is not installed is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Find = Callable[[str], Any]


def flashtext(names: Sequence[str]) -> Find:
    """Exact names at word boundaries, whatever their case: a trie in pure Python."""
    from flashtext import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=False)
    for name in names:
        processor.add_keyword(name)
    return lambda text: processor.extract_keywords(text, span_info=True)


def ahocorasick(names: Sequence[str]) -> Find:
    """Exact names as substrings of the text in lower case: an automaton in Rust."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    automaton = AhoCorasick([name.casefold() for name in names], matchkind=MatchKind.LeftmostLongest)
    return lambda text: automaton.find_matches_as_indexes(text.casefold())


def pyahocorasick(names: Sequence[str]) -> Find:
    """Exact names as substrings of the text in lower case: an automaton in C, the longest at each place."""
    from ahocorasick import Automaton

    automaton = Automaton()
    for name in names:
        automaton.add_word(name.casefold(), name)
    automaton.make_automaton()
    return lambda text: list(automaton.iter_long(text.casefold()))


def phrase_matcher(names: Sequence[str]) -> Find:
    """Exact names as rows of words, whatever their case: spaCy's PhraseMatcher over its own tokens."""
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("xx")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("name", list(nlp.tokenizer.pipe(names)))
    return lambda text: matcher(nlp.make_doc(text))


def partial_ratio(names: Sequence[str]) -> Find:
    """rapidfuzz as one would first write it: every name against the whole text."""
    from rapidfuzz import fuzz, process

    folded = [name.casefold() for name in names]
    return lambda text: process.extract(text.casefold(), folded, scorer=fuzz.partial_ratio, score_cutoff=90, limit=None)


PEERS: dict[str, Callable[[Sequence[str]], Find]] = {
    "flashtext (exact)": flashtext,
    "ahocorasick_rs (exact)": ahocorasick,
    "pyahocorasick (exact)": pyahocorasick,
    "spaCy PhraseMatcher (exact)": phrase_matcher,
}
"""Run on all articles."""

SLOW_PEERS: dict[str, Callable[[Sequence[str]], Find]] = {"rapidfuzz extract(partial_ratio)": partial_ratio}
"""Run on a few articles, since all of them would take hours."""


def built(makers: dict[str, Callable[[Sequence[str]], Find]], names: Sequence[str]) -> dict[str, Find]:
    """The peers that are installed, made ready for these names."""
    found = {}
    for name, make in makers.items():
        try:
            found[name] = make(names)
        except ImportError:
            continue
    return found
