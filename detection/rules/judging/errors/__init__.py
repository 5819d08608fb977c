"""What kinds of errors there are, what each costs, and what to do about it."""
