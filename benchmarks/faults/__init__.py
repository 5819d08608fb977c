"""Faults planted at every step between a bundle and a running device: one module a kind of fault."""
