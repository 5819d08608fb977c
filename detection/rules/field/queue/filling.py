"""Which of the sampled frames come into the queue: quotas, cameras, near-duplicates, the clock."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from detection.rules.field.queue.candidates import Candidate, Context
from detection.rules.field.queue.items import Cause, Item, LeftOut
from detection.rules.field.queue.reasons import causes
from detection.rules.spec.review import Quota, Reason, Review


@dataclass(frozen=True, slots=True)
class Filled:
    """The items in the order in which they should be looked at, and what else was sampled."""

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]


def fill(
    candidates: Sequence[Candidate], context: Context, review: Review, now: datetime, known: frozenset[str]
) -> Filled:
    """Fill the spec's quotas, in its order, each with the frames that score highest.

    A frame stands in the queue once, for the first reason that takes it. Equal scores (all control frames) are taken
    in the order of a digest of the frame's id, which is as good as drawing lots and the same every time.

    Args:
        candidates: frames that were sampled, in any order.
        context: what they are held against.
        review: the spec's quotas and bounds.
        now: when the clock begins to run.
        known: ids of frames that a person has seen already.
    """
    distinct = {one.frame: one for one in sorted(candidates, key=lambda c: (c.captured_at, c.frame))}
    fresh = {frame: one for frame, one in distinct.items() if frame not in known}
    reasons = {frame: causes(one, context, review) for frame, one in fresh.items()}
    state = _State(review.near_duplicate_bits, list(context.hashes))
    for quota in review.quotas:
        holding = [(fresh[frame], found[quota.reason]) for frame, found in reasons.items() if quota.reason in found]
        _take(quota, holding, state)
    items = [_item(fresh[frame], reasons[frame], quota, now) for frame, quota in state.taken.items()]
    places = {quota.reason: place for place, quota in enumerate(review.quotas)}
    items.sort(key=lambda item: (item.due_at, places[item.reason], -item.score, _lot(item.frame)))
    others = [("known", len(distinct) - len(fresh)), ("no-reason", sum(not found for found in reasons.values()))]
    return Filled(tuple(items), (*_told(state), *(LeftOut("", why, n) for why, n in others if n)))


@dataclass(slots=True)
class _State:
    """What has been taken so far, and who was passed over for what."""

    bits: int
    hashes: list[int]
    taken: dict[str, Quota] = field(default_factory=dict)
    passed: dict[Reason, dict[str, str]] = field(default_factory=dict)

    def near(self, found: int) -> bool:
        """Whether a frame that was taken, now or earlier, looks nearly the same."""
        return any((found ^ other).bit_count() <= self.bits for other in self.hashes)


def _take(quota: Quota, holding: Iterable[tuple[Candidate, Cause]], state: _State) -> None:
    per_camera: Counter[str] = Counter()
    passed: dict[str, str] = {}
    for candidate, _ in sorted(holding, key=lambda pair: (-pair[1].score, _lot(pair[0].frame))):
        if candidate.frame in state.taken:
            continue
        if per_camera.total() >= quota.frames:
            passed[candidate.frame] = "quota"
        elif per_camera[candidate.camera] >= quota.per_camera:
            passed[candidate.frame] = "camera-quota"
        elif state.near(candidate.hash):
            passed[candidate.frame] = "near-duplicate"
        else:
            per_camera[candidate.camera] += 1
            state.taken[candidate.frame] = quota
            state.hashes.append(candidate.hash)
    state.passed[quota.reason] = passed


def _told(state: _State) -> list[LeftOut]:
    """How many were passed over for each reason, those left aside that another reason took."""
    return [
        LeftOut(reason, why, count)
        for reason, passed in state.passed.items()
        for why, count in sorted(Counter(why for frame, why in passed.items() if frame not in state.taken).items())
    ]


def _item(candidate: Candidate, found: dict[Reason, Cause], quota: Quota, now: datetime) -> Item:
    first = found[quota.reason]
    others = () if first.reason == "control" else tuple(cause for cause in found.values() if cause is not first)
    return Item(
        frame=candidate.frame,
        file=f"frames/{candidate.frame}{candidate.suffix}",
        name=candidate.name,
        camera=candidate.camera,
        captured_at=candidate.captured_at,
        width=candidate.width,
        height=candidate.height,
        variant=candidate.variant,
        bundle=candidate.bundle,
        flags=candidate.flags,
        causes=(first, *others),
        queued_at=now,
        due_at=now + timedelta(hours=quota.due_hours),
        measured=candidate.measured,
        hash=f"{candidate.hash:016x}",
        predictions=candidate.predictions,
    )


def _lot(frame: str) -> bytes:
    """Says nothing of the frame: its id is a digest already, but ids are sorted by people and tools."""
    return hashlib.sha256(b"lot of a review queue\x00" + frame.encode()).digest()
