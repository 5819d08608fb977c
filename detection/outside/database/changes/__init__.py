"""What can be written, within a transaction that holds the head of the log."""
