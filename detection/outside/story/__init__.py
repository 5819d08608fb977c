"""The story of a year: frames of a hall that changes, the runtime before them, reviewers, a challenger."""
