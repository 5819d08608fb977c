"""Verbs that keep the registry itself: its record elsewhere, its tables, its mirror."""
