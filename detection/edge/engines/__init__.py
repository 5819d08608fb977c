"""Inference engines behind one ``Session``."""
