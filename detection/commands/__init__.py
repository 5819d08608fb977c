"""One module per noun that a person types."""
