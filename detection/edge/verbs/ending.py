"""How a verb ends."""

from __future__ import annotations

DONE, FAULT, OTHERWISE, STOPPED = 0, 1, 2, 130
"""Exit statuses: all well; nothing worked; the self-test answers otherwise; stopped by Ctrl-C or SIGTERM."""
