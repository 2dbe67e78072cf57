"""Matching: names found in text, judged and explained. Pure."""
