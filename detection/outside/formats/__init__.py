"""Label formats of other tools: read strictly, written so that reading them again gives the same labels."""
