"""Label files as other tools write them: one strict reader per format."""
