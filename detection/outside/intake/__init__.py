"""Sources become shards and tables: deliveries are opened, checked and stored, each source in a place of its own.

What is built stands beside ``data/collect`` until all of it is whole, and then takes its place in one step.
"""
