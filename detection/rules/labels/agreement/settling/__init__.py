"""Whom to believe, what they say together, and what to look at again."""
