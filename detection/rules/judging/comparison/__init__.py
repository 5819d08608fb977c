"""Champion and challenger: who is better, by how much, and what got worse."""
