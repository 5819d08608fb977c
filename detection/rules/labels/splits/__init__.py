"""Who trains, who chooses, who judges, and the proof that nothing stands on two sides."""
