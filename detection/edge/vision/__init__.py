"""Pictures in, tensors to the engine, boxes out: done once, here, for judging and for the field."""
