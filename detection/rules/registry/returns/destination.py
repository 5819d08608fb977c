"""Which version a slot goes back to when nobody names one."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.registry.situations import Period


def previous(history: Sequence[Period]) -> str | None:
    """Digest of the version that was live before what is live now; None if there is none.

    A return undoes what it returned from: after going from 3 back to 2, the one before is 1 and never 3 again. What was
    withdrawn is what one goes back to while nothing is live.

    Args:
        history: periods of one slot, newest first.
    """
    standing: list[str] = []
    for period in reversed(history):
        digest = period.version_digest
        if period.action == "rollback" and digest in standing:
            del standing[standing.index(digest) :]
        standing.append(digest)
    return next((digest for digest in reversed(standing[:-1]) if digest), None)
