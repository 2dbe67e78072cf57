"""A sanctions-entity watchlist monitor: finds watched names in the news, records the evidence, tells the right people."""
