"""What people sign in the registry, approvals and orders: their bytes, and whether a signature of them is good."""
