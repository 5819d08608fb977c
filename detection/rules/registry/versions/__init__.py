"""Versions among each other: which number one gets, two side by side, and what came from what."""
