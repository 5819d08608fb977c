"""Models that may be compared, wherever they lie: opened, examined on the same frames, timed in turn."""
