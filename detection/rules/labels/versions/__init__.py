"""Versions of the labelled frames: what one is, how two differ, and the card that tells of one."""
