"""The world: one file per product, the only file that may import it."""
