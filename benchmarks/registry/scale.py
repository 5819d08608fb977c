"""A registry with 10,000 versions and 1,000,000 entries: what questions and promotions take, beside MLflow's.

    python -m benchmarks.registry.scale [--versions 10000] [--entries 1000000] [--on sqlite] [--keep FOLDER] [--verify]

Whole processes are told with the processor time they took; what a machine that does other things makes of it is theirs.
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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.registry.growth import BUSY, STEP, Size, grow
from benchmarks.registry.places import KINDS, place
from detection.outside.database.registry import Registry, open_registry
from tests.examples_governed import digest as digest_of_file
from tests.examples_governed import write_keys, write_specs
from tests.examples_store import Desk, done

LIMITS_S = {"live, whole process": 0.5, "history page": 1.0, "promote": 0.2}
ROUNDS = 15
_NAMES = count(time.time_ns())
"""Of versions that are registered while we measure; never the same twice in one registry."""
Times = dict[str, float]


@dataclass(frozen=True)
class Workplace:
    """A registry, and the folder in which the program is started.

    Attributes:
        url: of the registry.
        folder: with specification, slot, people, and the key of one who promotes.
        processor: seconds of the processor that whole processes took, by name.
    """

    url: str
    folder: Path
    processor: Times = field(default_factory=dict)


def main() -> None:
    """Grow, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--slots", type=int, default=20)
    parser.add_argument("--peer", type=int, default=200, help="versions in MLflow's registry; 0 leaves it out")
    parser.add_argument("--on", choices=KINDS, action="append")
    parser.add_argument("--keep", type=Path, help="folder of a registry of SQLite to keep, and to ask again")
    parser.add_argument("--verify", action="store_true", help="read the whole log again at the end")
    words = parser.parse_args()
    size = Size(words.versions, words.entries, words.slots)
    peer = peer_times(words.peer) if words.peer else {}
    if words.keep is not None:
        _tell(_kept(words.keep, size), peer, words.verify)
        return
    for kind in words.on or KINDS:
        with place(kind, lambda _: None, since=_long_ago(size)) as made, tempfile.TemporaryDirectory() as folder:
            print(kind)
            _tell(_grown(made.url, Path(folder), size), peer, words.verify)


def _long_ago(size: Size) -> datetime:
    return datetime.now(UTC) - size.entries * STEP - timedelta(days=30)


def _kept(folder: Path, size: Size) -> Workplace:
    path = folder.absolute() / "registry.db"
    url = f"sqlite:///{path}"
    if path.exists():
        return Workplace(url, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open_registry(url, create=True, at=_long_ago(size)):
        pass
    return _grown(url, folder, size)


def _grown(url: str, folder: Path, size: Size) -> Workplace:
    began = time.monotonic()
    write_specs(folder)
    write_keys(folder, "engineer-2")
    grow(url, size)
    print(f"{size.versions} versions, {size.entries} entries, {size.slots} slots; "
          f"made in {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
    return Workplace(url, folder)


def _tell(workplace: Workplace, peer: Times, verify: bool) -> None:
    print(table(times(workplace), peer, workplace.processor), flush=True)
    if verify:
        print(verified(workplace.url))


def times(workplace: Workplace) -> Times:
    """Seconds, each the median of some."""
    live = "live, whole process"
    found = {live: _processes(workplace, live, lambda: ["live"])}
    with open_registry(workplace.url) as registry:
        slot, epoch = BUSY, registry.situation(BUSY, "").epoch
        found["live in all slots, each checked against the log"] = _median(registry.live)
        found["history page"] = _median(lambda: registry.history(slot, 50, epoch // 2))
        found["a version by its number"] = _median(lambda: registry.version("1.77.0"))
        candidate = registry.version("1.7.0").content.digest
        found["situation of a candidate"] = _median(lambda: registry.situation(slot, candidate))
        found["promote"] = _median(_promoting(registry), 5)
        found["register"] = _median(lambda: _candidate(registry), 5)
        promote = "promote, whole process"
        found[promote] = _processes(workplace, promote, lambda: _words(_candidate(registry)))
    return found


def _words(digest: str) -> list[str]:
    return ["promote", digest, f"{BUSY.place}/{BUSY.environment}", "--key", "engineer-2.key"]


def _candidate(registry: Registry) -> str:
    """A version more, that passed by the specification as it is."""
    digest = sha256(str(next(_NAMES)).encode()).hexdigest()
    spec = digest_of_file(Path("specs/spec.yaml"))
    Desk.today(registry).register(2, digest=digest, spec_digest=spec)
    return digest


def _promoting(registry: Registry) -> Callable[[], float]:
    """Orders carried out in the slot with a long history, guards and signatures included; each of a new version."""

    def promote() -> float:
        desk, digest = Desk.today(registry), sha256(str(next(_NAMES)).encode()).hexdigest()
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


def _processes(workplace: Workplace, name: str, words: Callable[[], list[str]], rounds: int = 7) -> float:
    """The program started anew each time."""
    program = Path(sys.executable).parent / "detection"
    clock, processor = [], []
    for _ in range(rounds):
        line = [str(program), "registry", *words(), "--registry", workplace.url]
        began = time.perf_counter()
        started = subprocess.Popen(line, cwd=workplace.folder, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(started.pid, 0)
        clock.append(time.perf_counter() - began)
        processor.append(used.ru_utime + used.ru_stime)
        if status:
            raise SystemExit(f"{name}: ends with status {os.waitstatus_to_exitcode(status)}")
    workplace.processor[name] = median(processor)
    return median(clock)


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
            "live in all slots, each checked against the log": _median(
                lambda: client.get_model_version_by_alias("parcels", "production")
            ),
            "history page": _median(lambda: client.search_model_versions("name = 'parcels'", max_results=50)),
            "a version by its number": _median(lambda: client.get_model_version("parcels", numbers[-1])),
            "promote": _median(lambda: client.set_registered_model_alias("parcels", "production", next(turns))),
            "register": _median(lambda: client.create_model_version("parcels", f"/new/{next(sources)}")),
        }


def table(ours: Times, peer: Times, processor: Times) -> str:
    """One line a question."""
    lines = []
    for name, took in ours.items():
        limit = f" (needs {LIMITS_S[name]:g} s)" if name in LIMITS_S else ""
        beside = f"; MLflow {1000 * peer[name]:.1f} ms, ratio {peer[name] / took:.2f}" if name in peer else ""
        used = f", of the processor {1000 * processor[name]:.0f} ms" if name in processor else ""
        lines.append(f"  {name}: {1000 * took:.1f} ms{used}{limit}{beside}")
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
