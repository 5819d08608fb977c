"""What an image file tells beside its pixels: its parts told apart, read, and taken out."""
