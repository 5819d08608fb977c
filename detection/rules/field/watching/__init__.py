"""Is the field still the world that was validated? Telemetry in, findings out."""
