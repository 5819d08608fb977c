"""Everybody's boxes, brought together: which box of one is which box of the other, and what is one object."""
