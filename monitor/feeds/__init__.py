"""Feeds: fetched (the one effect, in fetch), decoded, parsed into entries, and told apart from what was seen."""
