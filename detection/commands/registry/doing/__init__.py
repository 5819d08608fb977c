"""Verbs that change what is registered, live or allowed."""
