"""How long models take and how much memory, each in a process of its own, as on a device."""
