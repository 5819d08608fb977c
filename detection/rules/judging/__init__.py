"""How good a detector is, how sure we are of it, and whether it may ship."""
