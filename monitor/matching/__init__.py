"""Matching: names found in text, judged and explained. Pure.

The flow: an article is split into words (`text`); each word is looked up among the words of all names (`neighbours`);
names whose key word may stand there are looked at (`index`), and their parts are assigned to words (`assign`); each
candidate is judged (`judge`: `naming`, `surroundings`, `ambiguity`, `signs`); overlaps are resolved and hits are made
(`resolve`). What a name may look like is said by `variants`, what a word may look like by `similar`; `reference`
applies both by brute force. Tables are read by `tables` and `words` from data/.
"""

from monitor.matching.engine import MATCHER_VERSION, Matcher
from monitor.matching.explain import Explained, Outcome

__all__ = ["MATCHER_VERSION", "Explained", "Matcher", "Outcome"]
