"""Is this frame, and the camera that took it, still what was validated? What is answered if not, and what is kept."""
