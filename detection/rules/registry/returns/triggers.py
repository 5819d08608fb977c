"""Should a slot go back by itself? Its triggers, judged from what telemetry and labels tell of the live version.

Pure: the window ends with the moment asked about and never begins before the version went live, so that nothing of
another version counts. A trigger is tripped by proof alone: three unlucky frames, or labels of one hour, are none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from detection.edge.telemetry.latency import BOUNDS_MS, Latencies, percentile_ms
from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.field.retrain.evidence import STRICT
from detection.rules.field.retrain.triggers import surely_above
from detection.rules.field.watching.tally import HOUR_S, Integers
from detection.rules.judging.intervals import share_bounds
from detection.rules.registry.slots import Slot
from detection.rules.spec.slots import PrecisionTrigger, RateTrigger, TimeTrigger

AnyTrigger = RateTrigger | TimeTrigger | PrecisionTrigger
Standing = Literal["tripped", "quiet", "not-enough"]

SLOW_SHARE = 0.05
"""A p95 lies above a limit when more than this share of the frames does."""
MINUTE_S = 60
EVERY = "every"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the field tells of one version: ``m`` minutes of cameras, and frames that people labelled.

    Attributes:
        begins_s: ``(m,)`` int64, of each minute; seconds since 1970 UTC.
        frames: ``(m,)`` int64, looked at, the failed ones too.
        failed: ``(m,)`` int64, of them without a sound answer.
        latencies: ``(m, BINS)`` of each minute, of a frame's whole way.
        labels: of frames that this version answered; only those drawn at random count.
    """

    begins_s: Integers
    frames: Integers
    failed: Integers
    latencies: NDArray[np.int64]
    labels: FieldLabels


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that counts, in seconds since 1970 UTC: from ``begins_s`` on, before ``ends_s``."""

    begins_s: int
    ends_s: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trigger says.

    Attributes:
        kind: of the trigger.
        standing: whether it asks to go back.
        value: the figure; None without anything counted.
        sure: what it surely is, at the trigger's confidence: at least (errors, time) or at most (precision); of
            ``p95_ms`` this is the share of frames beyond the limit.
        limit: of the trigger.
        counted: frames or labelled detections in the window.
        minimum: that are needed.
        begins_s: of the window.
        ends_s: of the window.
        words: all this for people.
    """

    kind: Literal["error_rate", "p95_ms", "live_precision"]
    standing: Standing
    value: float | None
    sure: float | None
    limit: float
    counted: int
    minimum: int
    begins_s: int
    ends_s: int
    words: str

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


def outcomes(triggers: Sequence[AnyTrigger], seen: Seen, since_s: int, as_of_s: int) -> tuple[Outcome, ...]:
    """What each trigger of a slot says, in their order.

    Args:
        triggers: of the slot's pinned file.
        seen: of the version that is live.
        since_s: when it went live.
        as_of_s: the moment asked about; later minutes and labels are passed over.
    """
    return tuple(_outcome(one, seen, Window(max(since_s, as_of_s - one.window_s), as_of_s)) for one in triggers)


def key_of(slot: Slot, epoch: int, live: str) -> str:
    """What names a return for good: one version's one time in a slot ends by itself at most once."""
    return f"return-{hashlib.sha256(f'{slot} {epoch} {live}'.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class _Measured:
    """One figure in one window: what it is, what it surely is (None where nothing can be sure), on how much."""

    value: float | None
    sure: float | None
    counted: int
    beyond: bool
    words: str


def _outcome(trigger: AnyTrigger, seen: Seen, window: Window) -> Outcome:
    if isinstance(trigger, PrecisionTrigger):
        measured, limit, minimum = _precise(trigger, seen.labels, window), trigger.below, trigger.minimum_labels
    else:
        rows = (seen.begins_s >= window.begins_s) & (seen.begins_s + MINUTE_S <= window.ends_s)
        limit, minimum = trigger.above, trigger.minimum_frames
        if isinstance(trigger, RateTrigger):
            measured = _sound(trigger, int(seen.failed[rows].sum()), int(seen.frames[rows].sum()))
        else:
            measured = _quick(trigger, seen.latencies[rows].sum(axis=0, dtype=np.int64))
    enough = measured.counted >= minimum and measured.sure is not None
    return Outcome(
        kind=trigger.kind,
        standing="not-enough" if not enough else "tripped" if measured.beyond else "quiet",
        value=measured.value,
        sure=measured.sure if enough else None,
        limit=limit,
        counted=measured.counted,
        minimum=minimum,
        begins_s=window.begins_s,
        ends_s=window.ends_s,
        words=measured.words if enough else f"{measured.words}; too few to say more (needs {minimum})",
    )


def _sound(trigger: RateTrigger, failed: int, frames: int) -> _Measured:
    sure = surely_above(failed, frames, trigger.confidence)
    words = f"{failed} of {frames} frames without a sound answer: surely more than {sure:.2%}"
    words = f"{words} (limit {trigger.above:.2%})"
    return _Measured(failed / frames if frames else None, sure, frames, sure > trigger.above, words)


def _quick(trigger: TimeTrigger, latencies: Latencies) -> _Measured:
    """Only what lies in bins wholly beyond the limit counts as slow: bins are 10 % wide, and doubt is no proof."""
    frames = int(latencies.sum())
    slow = int(latencies[int(np.searchsorted(BOUNDS_MS, trigger.above, side="left")) + 1 :].sum())
    value = percentile_ms(latencies, 1 - SLOW_SHARE) if frames else None
    sure = surely_above(slow, frames, trigger.confidence)
    p95 = "" if value is None else f", p95 {value:.1f} ms"
    words = f"{slow} of {frames} frames beyond {trigger.above:g} ms: surely more than {sure:.2%}"
    return _Measured(value, sure, frames, sure > SLOW_SHARE, f"{words} (limit {SLOW_SHARE:.0%}){p95}")


def _precise(trigger: PrecisionTrigger, labels: FieldLabels, window: Window) -> _Measured:
    """Grouped by camera and hour, for frames of one scene fail together; one such group says nothing of others."""
    chosen = labels.take(labels.drawn & (labels.captured_s >= window.begins_s) & (labels.captured_s < window.ends_s))
    hours = zip(chosen.camera, chosen.captured_s // HOUR_S, strict=True)
    groups, numbers = np.unique(np.array([f"{camera}/{hour}" for camera, hour in hours], str), return_inverse=True)
    grouped = np.zeros((len(groups), 2), np.int64)
    np.add.at(grouped, numbers, chosen.right("precision", EVERY))
    correct, counted = (int(one) for one in grouped.sum(axis=0))
    words = f"{correct} of {counted} labelled detections right, in {len(groups)} hours of cameras"
    bounds = share_bounds(grouped[:, 0], grouped[:, 1], trigger.confidence)
    if bounds is None or bounds.groups == 1:
        return _Measured(correct / counted if counted else None, None, counted, False, words)
    words = f"{words}: surely at most {bounds.upper:.3f} (needs {trigger.below:g})"
    return _Measured(bounds.observed, bounds.upper, counted, bounds.upper < trigger.below, words)
