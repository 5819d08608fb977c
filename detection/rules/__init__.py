"""Decisions: values in, values out. No file, network, clock or dice."""
