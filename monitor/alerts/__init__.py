"""Alerts: who is told what, when and how (policy, bundling and rendering are pure; send has the effects)."""
