"""Watchlists: hand-written YAML and official lists, read into entities (refresh has the effects)."""
