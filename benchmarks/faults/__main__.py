"""Plant every fault between a bundle and a running device, and count what survived.

    python -m benchmarks.faults [--short] [--only NAME]

Prints a line for each kind of fault, every fault that was not survived, and the sum. Exit status 1 if there is any.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from benchmarks.faults.table import Fault

KINDS = ("bundle", "installation", "power", "disk", "models", "cameras", "telemetry")
"""Modules beside this one; each gives ``faults(short) -> Iterator[Fault]``."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the faults of one kind."""

    kind: str
    injected: int
    failed: tuple[Fault, ...]
    seconds: float

    @property
    def held(self) -> bool:
        """Faults were planted, and all were survived."""
        return self.injected > 0 and not self.failed


def outcome(kind: str, faults: Iterable[Fault], listed: bool = False) -> Outcome:
    """Plant all faults of one kind.

    Args:
        kind: its name.
        faults: planted as they are asked for.
        listed: print a row for each.
    """
    began, injected, failed = time.monotonic(), 0, []
    for fault in faults:
        injected += 1
        if not fault.survived:
            failed.append(fault)
        if listed:
            print(f"{fault.point} | {fault.expected} | {fault.seen}", flush=True)
    return Outcome(kind, injected, tuple(failed), time.monotonic() - began)


def main(arguments: list[str] | None = None) -> int:
    """Plant, print, say whether all were survived."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a sample of each kind")
    parser.add_argument("--only", choices=KINDS, action="append", help="this kind alone; repeatable")
    parser.add_argument("--list", action="store_true", help="a row for each fault: point | expected | seen")
    chosen = parser.parse_args(arguments)
    outcomes = []
    print(f"{'kind':14s} {'injected':>8s} {'survived':>8s} {'seconds':>8s}", flush=True)
    for kind in chosen.only or KINDS:
        module = importlib.import_module(f"benchmarks.faults.{kind}")
        made = outcome(kind, module.faults(chosen.short), chosen.list)
        outcomes.append(made)
        print(f"{kind:14s} {made.injected:8d} {made.injected - len(made.failed):8d} {made.seconds:8.1f}", flush=True)
    for made in outcomes:
        _print_failed(made)
    injected = sum(made.injected for made in outcomes)
    failed = sum(len(made.failed) for made in outcomes)
    print(f"injected {injected}, survived {injected - failed}, not survived {failed}")
    return 0 if all(made.held for made in outcomes) else 1


def _print_failed(made: Outcome) -> None:
    for _, same in groupby(made.failed, key=lambda fault: (fault.expected, fault.seen)):
        rows = list(same)
        for fault in rows[:_SHOWN]:
            print(f"NOT SURVIVED {made.kind}: {fault.point}: expected {fault.expected}; seen {fault.seen}")
        if len(rows) > _SHOWN:
            print(f"NOT SURVIVED {made.kind}: and {len(rows) - _SHOWN} more of the same")


if __name__ == "__main__":
    sys.exit(main())
