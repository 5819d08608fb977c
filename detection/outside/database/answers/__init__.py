"""What the database answers, within a transaction that only looks; and whether its log and tables still agree."""
