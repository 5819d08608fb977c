"""Everything that is known of a fleet, read from where it lies: telemetry, labels, samples, decisions, reviews."""
