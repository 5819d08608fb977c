"""The way to the tracker: runs that wait until they are told, and the registry's mirror."""
