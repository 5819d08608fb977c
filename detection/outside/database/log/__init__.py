"""The log: one entry more, and what an entry does to the tables."""
