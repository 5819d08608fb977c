"""Faults that happen to people, planted on purpose and one at a time, to see whether a gate stands in their way."""
