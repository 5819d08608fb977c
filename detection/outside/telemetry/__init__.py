"""What devices told: taken in by a receiver, kept as Parquet, read as minutes and windows, and compared."""
