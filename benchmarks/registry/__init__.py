"""What the registry promises: under many writers, at any size, in any crash, against any hand in its log."""
