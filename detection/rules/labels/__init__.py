"""What the labels are, whether they agree, and who may learn from them."""
