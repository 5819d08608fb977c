"""Frozen judging sets: a list of frames that changes only with a date and a reason, and can prove that it did.

Every change holds the digest of the list after it and the hash of the change before it: whoever edits the file by hand
breaks the chain, and the split refuses it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detection.errors import SplitError

SetName = Literal["golden", "challenge"]
Action = Literal["freeze", "add", "remove"]
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the log.

    Attributes:
        date: ISO 8601 day.
        action: freeze, add or remove.
        reason: why, in words.
        frames: ids that were added or removed, ascending.
        digest: of the list after it, see :func:`digest_of`.
        previous: hash of the change before; ``""`` for the first.
        hash: SHA-256 over all of the above.
    """

    date: str
    action: Action
    reason: str
    frames: tuple[str, ...]
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """``specs/judging/<set>.json``.

    Attributes:
        set: golden or challenge.
        frames: ids, ascending.
        digest: SHA-256 over them, a line each.
        log: every change, the first first.
    """

    set: SetName
    frames: tuple[str, ...]
    digest: str
    log: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FrozenSets:
    """The two sets; None where a set is drawn instead."""

    golden: FrozenSet | None = None
    challenge: FrozenSet | None = None

    def present(self) -> tuple[FrozenSet, ...]:
        """Those that are frozen."""
        return tuple(one for one in (self.golden, self.challenge) if one is not None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for.

    Attributes:
        action: freeze, add or remove.
        frames: ids.
        reason: why; not empty.
        day: when.
    """

    action: Action
    frames: tuple[str, ...]
    reason: str
    day: date


def digest_of(frames: Iterable[str]) -> str:
    """SHA-256 over sorted ids, a line each: two sets are the same if and only if this is."""
    return hashlib.sha256("".join(f"{frame}\n" for frame in sorted(frames)).encode()).hexdigest()


def changed(name: SetName, before: FrozenSet | None, wish: Wish, other: FrozenSet | None = None) -> FrozenSet:
    """The set after a change, logged.

    Args:
        name: of the set.
        before: as it stands; None if it is not frozen.
        wish: what is asked for.
        other: the other set, whose frames may not be in this one too.

    Raises:
        SplitError: no reason, nothing to freeze anew, or frames that are there already, in the other set, or not there.
    """
    faults = _faults_of_wish(name, before, wish)
    if other is not None and wish.action != "remove":
        twice = sorted(set(wish.frames) & set(other.frames))
        faults += [f"{frame[:16]}: is in the {other.set} set; take it out there first" for frame in twice]
    if faults:
        raise SplitError(f"the {name} set stays as it is: {len(faults)} fault(s)", faults[:_SHOWN])
    old = frozenset() if before is None else frozenset(before.frames)
    new = old - set(wish.frames) if wish.action == "remove" else old | set(wish.frames)
    log = () if before is None else before.log
    line = Change(
        date=wish.day.isoformat(),
        action=wish.action,
        reason=wish.reason.strip(),
        frames=tuple(sorted(set(wish.frames))),
        digest=digest_of(new),
        previous=log[-1].hash if log else "",
        hash="",
    )
    return FrozenSet(name, tuple(sorted(new)), line.digest, (*log, _hashed(line)))


def proven(name: SetName, found: FrozenSet) -> None:
    """Replay the log and compare.

    Raises:
        SplitError: somebody edited the file.
    """
    faults = _faults_of_log(found)
    if found.set != name:
        faults.append(f"it says that it is the {found.set} set")
    if faults:
        raise SplitError(
            f"the frozen {name} set was not changed by `detection golden`: restore the file from version control, "
            'then use `detection golden add|remove --reason "..."`',
            faults,
        )


def _faults_of_wish(name: SetName, before: FrozenSet | None, wish: Wish) -> list[str]:
    faults = [] if wish.reason.strip() else ["reason: is empty; say why"]
    faults += [] if wish.reason.strip().isprintable() else ["reason: is not one line of printable characters"]
    there = frozenset() if before is None else frozenset(before.frames)
    if not wish.frames:
        faults.append("frames: none was named; name those to change")
    if wish.action == "freeze" and before is not None:
        faults.append(f"it is frozen already, with {len(there)} frames; add or remove some")
    if wish.action != "freeze" and before is None:
        faults.append(f'it is not frozen yet; `detection golden freeze --set {name} --reason "..."` first')
    elif wish.action == "remove":
        faults += [f"{frame[:16]}: is not in it" for frame in sorted(set(wish.frames) - there)]
    elif wish.action == "add":
        faults += [f"{frame[:16]}: is in it already" for frame in sorted(set(wish.frames) & there)]
    return faults


def _faults_of_log(found: FrozenSet) -> list[str]:
    frames: frozenset[str] = frozenset()
    previous, faults = "", []
    for number, line in enumerate(found.log, start=1):
        frames = frames - set(line.frames) if line.action == "remove" else frames | set(line.frames)
        if _hashed(line).hash != line.hash or line.previous != previous:
            faults.append(f"log line {number} ({line.date}, {line.action}): its hash is {line.hash[:12]}, not its own")
        if line.digest != digest_of(frames):
            faults.append(f"log line {number} ({line.date}, {line.action}): leads to other frames than it says")
        previous = line.hash
    if not found.log:
        faults.append("its log is empty")
    if tuple(sorted(frames)) != found.frames or found.digest != digest_of(found.frames):
        odd = sorted(frames ^ set(found.frames))
        faults.append(f"its {len(found.frames)} frames are not those of its log{_such_as(odd)}")
    return faults


def _such_as(frames: Sequence[str]) -> str:
    return f", such as {frames[0][:16]}" if frames else ""


def _hashed(line: Change) -> Change:
    content = [line.date, line.action, line.reason, list(line.frames), line.digest, line.previous]
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
    return Change(line.date, line.action, line.reason, line.frames, line.digest, line.previous, digest)
