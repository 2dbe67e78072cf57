"""Finds sanctioned names in the news, keeps the evidence and tells the right people, once."""
