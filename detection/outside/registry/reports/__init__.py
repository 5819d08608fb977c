"""What is told of a registry: what is live and how it came about, whether its log holds, the living documents."""
