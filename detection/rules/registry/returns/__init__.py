"""The way back: when a slot takes it by itself, to which version, and what holds while nobody can read the spec."""
