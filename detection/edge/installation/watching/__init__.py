"""Who keeps the live version running, and goes back from one that does not prove itself."""
