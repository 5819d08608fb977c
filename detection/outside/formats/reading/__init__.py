"""Label files as other tools write them: one strict reader per format, from a folder, a zip or a tar."""
