"""MLflow: runs of the pipeline are tracked in it, and the registry is mirrored into it. It is never the truth."""
