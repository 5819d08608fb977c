"""Many processes at one registry, on SQLite and on PostgreSQL: could what they saw have happened in a line?

Each registers, approves, promotes, rolls back and asks what is live, in an order of its own, in three slots that all of
them share; guards judge and signatures are real. Afterwards the log is read again, and every act is held against it.

    python -m benchmarks.registry.concurrency [--processes 16] [--operations 1000] [--on sqlite] [--at /dev/shm]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from benchmarks.registry.linear import Act, Change, faults
from benchmarks.registry.places import KINDS, place
from detection.outside.database.registry import Registry, open_registry
from detection.rules.registry.entries import Entry
from detection.rules.registry.plans import Plan
from detection.rules.registry.slots import Slot
from tests.examples_registry import PLAN, SLOT
from tests.examples_store import PLAN_BYTES, Desk, elsewhere

SLOTS = (SLOT, elsewhere("staging"), elsewhere("dev"))
FIRST = 20
"""Versions that are there before anybody begins."""
WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Task:
    """What one process is to do: how often, on which registry, and when to begin nothing more."""

    url: str
    process: int
    operations: int
    until: float


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--operations", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=600.0, help="nobody begins anything later than this")
    parser.add_argument("--on", choices=KINDS, action="append")
    parser.add_argument("--at", type=Path, help="folder for the files; where temporary files go if left out")
    words = parser.parse_args()
    for kind in words.on or KINDS:
        with place(kind, prepared, words.at) as made:
            began = time.monotonic()
            acts = together(made.url, words.processes, words.operations, words.minutes)
            took_s = time.monotonic() - began
            print(told(kind, made.url, acts, took_s), flush=True)


def prepared(desk: Desk) -> None:
    """Versions to choose from, and deployments pinned."""
    desk.register(*range(1, FIRST + 1))
    for slot in SLOTS:
        desk.registry.pin(slot, PLAN, PLAN_BYTES, "engineer-2", desk.now())


def together(url: str, processes: int, operations: int, minutes: float = 600.0) -> list[Act]:
    """All processes at once; their acts, as many as the time allows."""
    context, until = get_context("spawn"), time.monotonic() + 60 * minutes
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        tasks = [Task(url, number, operations, until) for number in range(processes)]
        return [act for acts in pool.map(work, tasks) for act in acts]


def work(task: Task) -> list[Act]:
    """One process."""
    dice, acts = random.Random(task.process), []
    with open_registry(task.url, wait_s=WAIT_S, clock_tolerance_s=WAIT_S) as registry:
        for number in range(task.operations):
            if time.monotonic() > task.until:
                break
            act = dice.choices(("register", "approve", "promote", "rollback", "live"), (1, 3, 3, 2, 1))[0]
            acts += _acted(registry, act, f"{task.process}-{number}", dice)
    return acts


def _acted(registry: Registry, act: str, mark: str, dice: random.Random) -> list[Act]:
    desk, slot = Desk.today(registry), dice.choice(SLOTS)
    began = time.monotonic()
    if act == "live":
        period = next(iter(registry.history(slot, 1)), None)
        epoch, live = (period.epoch, period.version_digest) if period else (0, "")
        return [Act("", began, time.monotonic(), True, str(slot), epoch, live)]
    acknowledged = _changed(desk, act, mark, slot, dice)
    return [Act(mark, began, time.monotonic(), acknowledged)]


def _changed(desk: Desk, act: str, mark: str, slot: Slot, dice: random.Random) -> bool:
    number = dice.randint(1, FIRST)
    if act == "register":
        desk.register(FIRST + 1, tags=(mark,), digest=sha256(mark.encode()).hexdigest())
        return True
    if act == "approve":
        return desk.approve(number, slot=SLOT, words=mark) == ()
    if act == "promote":
        if slot == SLOT:
            desk.approve(number)
        order = desk.order("promote", number, slot=slot, reason=mark)
        return isinstance(desk.carry_out(order), Plan)
    periods = desk.registry.history(slot, 2)
    back = int(periods[-1].version_digest[:2] or "0", 16) if periods else 0
    return isinstance(desk.carry_out(desk.order("rollback", back, slot=slot, reason=mark)), Plan)


def told(kind: str, url: str, acts: list[Act], took_s: float) -> str:
    """What came of it, in lines."""
    with open_registry(url) as registry:
        entries = list(registry.entries())
        log = [_change(entry) for entry in entries]
        found, broken = faults(acts, log), registry.fault()
    several = most_in_production(entries)
    done = Counter("asked" if not one.mark else "done" if one.acknowledged else "refused" for one in acts)
    lost = sum(words.startswith("lost") for words in found)
    return "\n".join(
        (
            f"{kind}: {len(acts)} acts in {took_s:.1f} s ({len(acts) / took_s:.0f} a second): {done['done']} done, "
            f"{done['refused']} refused, {done['asked']} asked; {len(entries)} entries",
            f"  chain and tables: {broken.words if broken else 'whole'}",
            f"  at most {several} version(s) in Production of a slot at any entry (needs 1 or fewer)",
            f"  {lost} acknowledged acts lost (needs 0); {len(found)} acts that fit no line (needs 0)",
            *(f"  {words}" for words in found[:10]),
        )
    )


def _change(entry: Entry) -> Change:
    said = json.loads(entry.payload)
    order = said.get("order", {}).get("order", {})
    mark = order.get("reason") or said.get("approval", {}).get("approval", {}).get("words") or ""
    mark = mark or next(iter(said.get("content", {}).get("tags", ())), "")
    if "period" not in said:
        return Change(entry.number, mark)
    return Change(entry.number, mark, entry.slot, said["period"]["epoch"], said["period"]["live"])


def most_in_production(entries: list[Entry]) -> int:
    """The log played again: how many versions stood in Production of one slot at once, at worst."""
    standing: dict[str, set[str]] = {}
    most = 0
    for entry in entries:
        said = json.loads(entry.payload)
        if "after" in said:
            there = standing.setdefault(entry.slot, set())
            there.discard(entry.version)
            if said["after"] == "Production":
                there.add(entry.version)
            most = max(most, len(there))
    return most


if __name__ == "__main__":
    main()
