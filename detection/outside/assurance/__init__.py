"""What the workspace and the registry can show for themselves, gathered; and the record that leaves the house."""
