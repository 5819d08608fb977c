"""Was what many processes saw of one registry as if they had stood in a line? A checker that knows no database.

Each process writes down when it began and ended an act, and what it was told. The log gives the only order that there
can be (every change is an entry), so it need not be searched for: the acts must fit it. A change that was acknowledged
is in the log once, one that was refused is not; of two acts that did not overlap the earlier one comes first; what was
read was so at some moment between the beginning and the end of reading.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """What one process did, by a clock that all of them share.

    Attributes:
        mark: unique; stands in the log's entry too. Of a reading: ``""``.
        began: seconds.
        ended: seconds.
        acknowledged: whether it was told that it was done.
        slot: that was read; ``""`` of a change.
        epoch: that was read.
        live: digest that was read.
    """

    mark: str
    began: float
    ended: float
    acknowledged: bool = True
    slot: str = ""
    epoch: int = 0
    live: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log, as far as it matters here.

    Attributes:
        number: its place.
        mark: of the act that made it; several entries of one act share it.
        slot: whose live version it changes; ``""`` if none.
        epoch: of the slot from here on.
        live: digest from here on.
    """

    number: int
    mark: str
    slot: str = ""
    epoch: int = 0
    live: str = ""


def faults(acts: Sequence[Act], log: Sequence[Change]) -> list[str]:
    """Everything that does not fit; empty if all of it could have happened in a line.

    Args:
        acts: of all processes, in any order.
        log: in its order.
    """
    return [*_marks(acts, log), *_epochs(log), *_order(acts, log), *_readings(acts, log)]


def _marks(acts: Sequence[Act], log: Sequence[Change]) -> list[str]:
    written = {change.mark for change in log}
    changes = [act for act in acts if act.mark]
    found = [f"lost: {act.mark} was acknowledged, and is not in the log" for act in changes
             if act.acknowledged and act.mark not in written]  # fmt: skip
    found += [f"ghost: {act.mark} was refused, and is in the log" for act in changes
              if not act.acknowledged and act.mark in written]  # fmt: skip
    numbers: dict[str, list[int]] = {}
    for change in log:
        numbers.setdefault(change.mark, []).append(change.number)
    torn = [mark for mark, all_of in numbers.items() if mark and all_of[-1] - all_of[0] != len(all_of) - 1]
    return found + [f"torn: entries of {mark} do not stand together" for mark in torn]


def _epochs(log: Sequence[Change]) -> list[str]:
    epochs: dict[str, int] = {}
    found = []
    for change in log:
        if change.slot:
            if change.epoch != epochs.get(change.slot, 0) + 1:
                found.append(f"epoch: {change.slot} goes from {epochs.get(change.slot, 0)} to {change.epoch}")
            epochs[change.slot] = change.epoch
    return found


def _order(acts: Sequence[Act], log: Sequence[Change]) -> list[str]:
    """Of two changes, one of which ended before the other began, the log has the first one first."""
    place = {change.mark: change.number for change in log}
    done = sorted((act for act in acts if act.mark in place and act.mark), key=lambda act: act.ended)
    ends = [act.ended for act in done]
    latest: list[int] = []
    for act in done:
        latest.append(max(place[act.mark], latest[-1] if latest else 0))
    found = []
    for act in done:
        before = bisect_left(ends, act.began)
        if before and latest[before - 1] > place[act.mark]:
            found.append(f"order: {act.mark} stands before an act that ended before it began")
    return found


def _readings(acts: Sequence[Act], log: Sequence[Change]) -> list[str]:
    """What was read lay between what was certainly written before and what may have been by the end."""
    by_mark = {act.mark: act for act in acts if act.mark}
    found = []
    for slot in sorted({act.slot for act in acts if act.slot}):
        history = [("", 0), *((change.live, change.epoch) for change in log if change.slot == slot)]
        makers = [by_mark.get(change.mark) for change in log if change.slot == slot]
        begins = [maker.began if maker else 0.0 for maker in makers]
        ends = sorted(maker.ended if maker else 0.0 for maker in makers)
        for act in acts:
            if act.slot != slot:
                continue
            if not 0 <= act.epoch < len(history) or history[act.epoch] != (act.live, act.epoch):
                found.append(f"reading: {slot} never was {act.live[:8]!r} at epoch {act.epoch}")
            elif act.epoch < bisect_left(ends, act.began):
                found.append(f"stale: {slot} was read at epoch {act.epoch}, a later one had been acknowledged")
            elif act.epoch > bisect_right(sorted(begins), act.ended):
                found.append(f"early: {slot} was read at epoch {act.epoch} before anybody wrote it")
    return found
