"""A receiver's store: what is acknowledged is in it, once, and stays."""
