"""The registry at work: registering, orders signed and carried out, the automatic way back, living documents."""
