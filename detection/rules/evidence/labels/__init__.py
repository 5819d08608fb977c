"""The labels on the page: data, findings, agreement, split, changes."""
