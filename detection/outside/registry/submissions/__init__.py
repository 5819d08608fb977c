"""How a bundle becomes a version: its figures, where it can be found again, and what its evidence says of it."""
