"""Matching: names found in text, judged and explained. Pure.

The flow, for a block of articles at a time: texts are split into words (`text`, `pages`); each word is a number, and
is looked up once among the words of all names (`memo`, `neighbours`). Names are filed list by list (`volume`) and put
together (`index`); the readings whose key word and other words stand near each other are picked for all places at once
(`filter`), and their parts are assigned to words (`search`, `assign`). Each candidate is judged (`judge`: `naming`,
`surroundings`, `ambiguity`, `signs`); overlaps are resolved and hits are made (`resolve`). What a name may look like is
said by `variants`, what a word may look like by `similar`; `reference` applies both by brute force. Tables are read by
`tables` and `words` from data/.
"""

from monitor.matching.engine import MATCHER_VERSION, Matcher
from monitor.matching.explain import Explained, Outcome

__all__ = ["MATCHER_VERSION", "Explained", "Matcher", "Outcome"]
