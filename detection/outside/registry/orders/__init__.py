"""Orders and approvals: what surrounds them, signed by people and carried out; the one that needs no person."""
