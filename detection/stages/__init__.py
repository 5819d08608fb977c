"""One module per stage of dvc.yaml, same name."""
