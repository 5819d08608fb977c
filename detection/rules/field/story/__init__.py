"""The story of a year: what it plays, and what it tells. Values only."""
