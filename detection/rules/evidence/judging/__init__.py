"""Scores, verdicts and errors as sections of a page."""
