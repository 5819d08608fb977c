"""Our labels as other tools read them: one writer per format, whole folders or none."""
