"""The specification: what must hold. Models only; nothing here reads a file."""
