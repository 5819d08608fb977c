"""What a score means: maps from raw to calibrated scores, and how far scores are off."""
