"""Sessions of review on our disk, and the way home: session folders, deliveries, sources of ``params.yaml``."""
