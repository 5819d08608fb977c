"""What may be live where, and who says so: stages, guards, versions, approvals, the chain of the audit log. Pure."""
