"""Has a new installation proven itself? Pure: what was seen in, a verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detection.edge.trust.manifest import Watch

START_S = 30.0
"""From a program's start to its first heartbeat: packages and a model are loaded meanwhile."""
FRAMES_ENOUGH = 20
"""Shares and percentiles of fewer frames are not judged before the run or the window ends."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of the program on trial.

    Attributes:
        left_s: seconds of the window that are left.
        starts: how often it was started, ends of a recorded source not counted.
        alive: it runs now.
        ended_well: it came to the end of its source, status 0.
        beating: this run has given a heartbeat.
        silent_s: seconds since its last heartbeat, or since its start.
        blind_s: seconds since its last frame while its source calls itself stalled; 0 otherwise.
        frames: of this run.
        failed: of them without a sound answer.
        p95_ms: of this run's last frames; None before the first.
    """

    left_s: float
    starts: int
    alive: bool
    ended_well: bool
    beating: bool
    silent_s: float
    blind_s: float
    frames: int
    failed: int
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do.

    Attributes:
        what: go on watching, keep it, or go back.
        reason: why one goes back; empty otherwise.
    """

    what: Literal["wait", "keep", "back"]
    reason: str = ""


def judge(watch: Watch, p95_target_ms: float, seen: Seen) -> Verdict:
    """Judge by what the bundle's signers allow.

    Args:
        watch: the manifest's rules.
        p95_target_ms: what the target may take; the watch allows a multiple.
        seen: what was seen.
    """
    reason = _standing(watch, seen) or _answering(watch, p95_target_ms, seen)
    if reason:
        return Verdict("back", reason)
    return Verdict("keep" if seen.left_s <= 0 and (seen.alive or seen.ended_well) else "wait")


def _standing(watch: Watch, seen: Seen) -> str:
    if not seen.alive and not seen.ended_well and seen.starts >= watch.starts_maximum:
        return f"its program died {seen.starts} times (at most {watch.starts_maximum} starts)"
    patience_s = watch.stall_s if seen.beating else max(START_S, watch.stall_s)
    if seen.alive and seen.silent_s > patience_s:
        return f"no heartbeat for {seen.silent_s:.1f} s (at most {patience_s:g} s)"
    if seen.alive and seen.blind_s > watch.stall_s:
        return f"no frame of its source for {seen.blind_s:.1f} s (at most {watch.stall_s:g} s)"
    return ""


def _answering(watch: Watch, p95_target_ms: float, seen: Seen) -> str:
    over = not seen.alive or seen.left_s <= 0
    if seen.frames == 0 or (seen.frames < FRAMES_ENOUGH and not over):
        return ""
    share = seen.failed / seen.frames
    if share > watch.failed_share_maximum:
        return f"{seen.failed} of {seen.frames} frames without a sound answer (at most {watch.failed_share_maximum:g})"
    limit_ms = watch.p95_factor_maximum * p95_target_ms
    if seen.p95_ms is not None and seen.p95_ms > limit_ms:
        return f"95 of 100 frames take up to {seen.p95_ms:.1f} ms (at most {limit_ms:g} ms)"
    return ""
