"""Verbs that ask the registry and change nothing."""
