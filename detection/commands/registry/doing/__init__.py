"""Verbs that change the registry."""
