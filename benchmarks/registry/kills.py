"""A promotion and a rollback killed at each of their system calls: afterwards the old state or the new, nothing else.

After each kill the registry is opened again: its chain is whole, its tables are what the log makes of them, what is
live is the old version or the new one with all entries of the order or none, and the same order then goes through.

    python -m benchmarks.registry.kills [--on sqlite] [--every 1]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.registry.interrupted import calls, kill_at
from benchmarks.registry.places import KINDS, Place, place
from detection.outside.database.registry import open_registry
from detection.rules.registry.plans import Plan
from detection.rules.registry.signatures.orders import SignedOrder
from tests.examples_registry import PLAN, SLOT, digest_of
from tests.examples_store import PLAN_BYTES, Desk, done


@dataclass(frozen=True, slots=True)
class Case:
    """What is killed.

    Attributes:
        name: promote or rollback.
        order: that is carried out.
        before: digest of what is live before it.
        after: and afterwards.
        entries: that the order writes.
        desk: whose comparisons and clock the guards see.
    """

    name: str
    order: SignedOrder
    before: str
    after: str
    entries: int
    desk: Desk


def main() -> None:
    """Kill, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--on", choices=KINDS, action="append")
    parser.add_argument("--every", type=int, default=1, help="only every n-th call")
    words = parser.parse_args()
    for kind in words.on or KINDS:
        for verb in ("promote", "rollback"):
            cases: list[Case] = []
            with place(kind, lambda desk, verb=verb, cases=cases: cases.append(case_of(desk, verb))) as made:  # type: ignore[misc]
                print(told(kind, made, cases[0], words.every), flush=True)


def case_of(desk: Desk, verb: str) -> Case:
    """Version 1 is live, 2 has all it needs; or 2 is live, and 1 was before."""
    desk.register(1, 2)
    done(desk.promote(1))
    if verb == "promote":
        desk.registry.pin(SLOT, PLAN, PLAN_BYTES, "engineer-2", desk.now())
        desk.approve(2)
        return Case(verb, desk.order("promote", 2), digest_of(1), digest_of(2), 3, desk)
    done(desk.promote(2))
    return Case(verb, desk.order("rollback", 1, reason="frames fail"), digest_of(2), digest_of(1), 2, desk)


def told(kind: str, made: Place, case: Case, every: int) -> str:
    """All kills of one order on one database, in a line."""
    began, ends, wrong = time.monotonic(), Counter[str](), []
    with tempfile.TemporaryDirectory() as folder:
        found = calls(_work(made.copy(), case), Path(folder) / "log")
    for call in found[::every]:
        url = made.copy()
        if not kill_at(_work(url, case), call).killed:
            ends["not reached"] += 1
            continue
        end, fault = _after(url, case)
        ends[end] += 1
        wrong += [f"  {call.name} {call.number}: {fault}"] if fault else []
    tried = ends["old"] + ends["new"] + ends["neither"]
    headline = (
        f"{kind}, {case.name}: {len(found)} system calls, killed at {tried}: {ends['old']} old, {ends['new']} new, "
        f"{ends['neither']} neither; sound afterwards {tried - len(wrong)} of {tried} (needs all); "
        f"{ends['not reached']} calls did not come again; {time.monotonic() - began:.0f} s"
    )
    return "\n".join((headline, *wrong[:20]))


def _work(url: str, case: Case) -> Callable[[], None]:
    def work() -> None:
        with open_registry(url) as registry:
            _carried_out(Desk(registry, case.desk.at, case.desk.compared), case)

    return work


def _carried_out(desk: Desk, case: Case) -> Plan:
    return done(desk.carry_out(case.order))


def _after(url: str, case: Case) -> tuple[str, str]:
    """Which state was found, and what is wrong with it."""
    with open_registry(url) as registry:
        desk = Desk(registry, case.desk.at, case.desk.compared)
        fault, live = registry.fault(), desk.live()
        end = "old" if live == case.before else "new" if live == case.after else "neither"
        if fault is not None:
            return end, f"entry {fault.number} {fault.words}"
        last = [entry.action for entry in registry.entries(registry.head().number - case.entries + 1)]
        if end == "new":
            return end, "" if last[-1] == case.name else f"the log ends with {last}"
        if end == "old":
            _carried_out(desk, case)
            return end, "" if desk.live() == case.after else "the order does not go through afterwards"
        return end, "something else is live"


if __name__ == "__main__":
    main()
