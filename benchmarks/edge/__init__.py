"""Ways from a frame to boxes, each in a process of its own, timed in turns."""
