"""What parity asks of the world: pictures, the training framework, the packed runtime in an environment of its own."""
