"""Names across scripts and cases: how words decline (`inflection`), how they sound (`sounds`). Pure.

`kin` says whether a word is a name's word in another case or another script; `keys` makes candidates for it findable:
two words that are kin share a key.
"""
