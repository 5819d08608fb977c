"""What an experiment tracker is told: records of runs, and what a mirror of the registry shows. Pure."""
