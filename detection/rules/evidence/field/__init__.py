"""What the monitor saw, for people: the fleet at a glance, cameras, incidents, objectives, health, trust, samples."""
