"""A registry with 10,000 versions and 1,000,000 entries: what questions and promotions take, beside MLflow's.

    python -m benchmarks.registry.scale [--versions 10000] [--entries 1000000] [--on sqlite] [--verify]

MLflow's registry is asked on this machine, on a file of SQLite of its own: the version that an alias names, a page of
versions, a version more, an alias moved. It has no guards, approvals or log, and holds ``--peer`` versions only; the
ratio is its time over ours, above 1 where ours is faster.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median

import yaml

from benchmarks.registry.growth import BUSY, STEP, Size, grow
from benchmarks.registry.places import KINDS, place
from detection.outside.database.registry import Registry, open_registry
from tests.examples_registry import PEOPLE
from tests.examples_store import Desk, done

LIMITS_S = {"live, whole process": 0.5, "history page": 1.0, "promote": 0.2}
ROUNDS = 15
Times = dict[str, float]


def main() -> None:
    """Grow, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--slots", type=int, default=20)
    parser.add_argument("--peer", type=int, default=200, help="versions in MLflow's registry; 0 leaves it out")
    parser.add_argument("--on", choices=KINDS, action="append")
    parser.add_argument("--at", type=Path, help="folder for the files; where temporary files go if left out")
    parser.add_argument("--verify", action="store_true", help="read the whole log again at the end")
    words = parser.parse_args()
    peer = peer_times(words.peer) if words.peer else {}
    for kind in words.on or KINDS:
        since = datetime.now(UTC) - words.entries * STEP - timedelta(days=30)
        with place(kind, lambda _: None, words.at, since) as made:
            began = time.monotonic()
            grow(made.url, Size(words.versions, words.entries, words.slots))
            print(f"{kind}: {words.versions} versions, {words.entries} entries, {words.slots} slots; "
                  f"made in {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
            print(table(times(made.url), peer), flush=True)
            if words.verify:
                print(verified(made.url))


def times(url: str) -> Times:
    """Seconds, each the median of some."""
    found = {"live, whole process": _process(["registry", "live", "--registry", url])}
    with open_registry(url) as registry:
        slot, epoch = BUSY, registry.situation(BUSY, "").epoch
        found["live, in a process that runs"] = _median(registry.live)
        found["history page"] = _median(lambda: registry.history(slot, 50, epoch // 2))
        found["a version by its number"] = _median(lambda: registry.version("1.77.0"))
        candidate = registry.version("1.7.0").content.digest
        found["situation of a candidate"] = _median(lambda: registry.situation(slot, candidate))
        found["promote"] = _median(_promoting(registry), 5)
        desk, digests = Desk.today(registry), (sha256(bytes([n])).hexdigest() for n in range(9))
        found["register"] = _median(lambda: desk.register(2, digest=next(digests)), 3)
    return found


def _promoting(registry: Registry) -> Callable[[], float]:
    """Orders carried out in the slot with a long history, guards and signatures included; each of a new version."""
    counters = iter(range(10**7, 10**7 + ROUNDS))

    def promote() -> float:
        desk, digest = Desk.today(registry), sha256(str(next(counters)).encode()).hexdigest()
        desk.register(2, digest=digest)
        order = desk.order("promote", slot=BUSY, version_digest=digest)
        began = time.perf_counter()
        done(desk.carry_out(order))
        return time.perf_counter() - began

    return promote


def _median(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        told = act()
        took = time.perf_counter() - began
        found.append(told if isinstance(told, float) else took)
    return median(found)


def _process(words: list[str]) -> float:
    """The program started anew each time, in a folder with the people's file."""
    program = Path(sys.executable).parent / "detection"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "specs").mkdir()
        people = yaml.safe_dump(PEOPLE.model_dump(mode="json", exclude_none=True))
        (Path(folder) / "specs" / "people.yaml").write_text(people)

        def start() -> None:
            subprocess.run([program, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)

        return _median(start, 7)


def peer_times(versions: int) -> Times:
    """MLflow's registry on a file of SQLite."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from detection.outside.mlflow.client import connect

    with tempfile.TemporaryDirectory() as folder:
        client = connect(f"sqlite:///{folder}/mlflow.db")
        client.create_registered_model("parcels")
        numbers = [client.create_model_version("parcels", f"/models/{n}").version for n in range(versions)]
        turns = iter(numbers * ROUNDS)
        client.set_registered_model_alias("parcels", "production", numbers[0])
        sources = iter(range(10**6))
        return {
            "live, in a process that runs": _median(lambda: client.get_model_version_by_alias("parcels", "production")),
            "history page": _median(lambda: client.search_model_versions("name = 'parcels'", max_results=50)),
            "a version by its number": _median(lambda: client.get_model_version("parcels", numbers[-1])),
            "promote": _median(lambda: client.set_registered_model_alias("parcels", "production", next(turns))),
            "register": _median(lambda: client.create_model_version("parcels", f"/new/{next(sources)}")),
        }


def table(ours: Times, peer: Times) -> str:
    """One line a question."""
    lines = []
    for name, took in ours.items():
        limit = f" (needs {LIMITS_S[name]:g} s)" if name in LIMITS_S else ""
        beside = f"; MLflow {1000 * peer[name]:.1f} ms, ratio {peer[name] / took:.2f}" if name in peer else ""
        lines.append(f"  {name}: {1000 * took:.1f} ms{limit}{beside}")
    return "\n".join(lines)


def verified(url: str) -> str:
    """The whole log read again, and all tables compared."""
    began = time.monotonic()
    with open_registry(url) as registry:
        fault, head = registry.fault(), registry.head()
    said = f"entry {fault.number} {fault.words}" if fault else "whole"
    return f"  {head.number} entries and their tables read again in {time.monotonic() - began:.0f} s: {said}"


if __name__ == "__main__":
    main()
