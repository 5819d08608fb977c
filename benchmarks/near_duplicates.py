"""What it costs to find near-duplicates: all pairs of 64-bit hashes within a radius, beside FAISS and plain counting.

    python -m benchmarks.near_duplicates [--short] [--peer-python PYTHON]

Ours alone on 1,000,000 hashes (figure: at most 15 s and 0.5 GB). On 100,000 ours, FAISS' exact flat index if
``PYTHON`` has faiss-cpu (an environment of its own: faiss is no dependency of ours), and the floor: comparing all with
all in compiled code. All in CPU seconds of one process each, in turn, median of rounds; the pairs must be equal.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from detection.rules.labels import hamming, near_duplicates
from detection.rules.labels.near_duplicates import Integers
from detection.rules.labels.statistics import Hashes

RADIUS = 6
ROUNDS = 3
MOST_S, MOST_MB = 15.0, 500.0
PEER = """
import sys, time
import faiss, numpy as np
faiss.omp_set_num_threads(1)
hashes = np.load(sys.argv[1])
codes = hashes.view(np.uint8).reshape(-1, 8)
begun = time.process_time()
index = faiss.IndexBinaryFlat(64)
index.add(codes)
limits, distances, rows = index.range_search(codes, int(sys.argv[2]) + 1)
print(time.process_time() - begun, (len(rows) - len(codes)) // 2)
"""


def sample(n: int, seed: int) -> Hashes:
    """Random hashes, of which every fifth is another one with a few bits flipped."""
    dice = np.random.default_rng(seed)
    hashes = dice.integers(0, 2**64, n, dtype=np.uint64)
    flips = np.bitwise_xor.reduce(np.uint64(1) << dice.integers(0, 64, (n // 5, 5), dtype=np.uint64), axis=1)
    hashes[: n // 5] = hashes[dice.integers(n // 5, n, n // 5)] ^ flips
    return hashes


def ours(hashes: Hashes) -> tuple[float, Integers]:
    """CPU seconds and pairs."""
    begun = time.process_time()
    found = near_duplicates.pairs(hashes, RADIUS)
    return time.process_time() - begun, found


def plain(hashes: Hashes) -> tuple[float, int]:
    """CPU seconds and number of pairs of comparing all with all."""
    begun = time.process_time()
    found = hamming.near(hamming.whole(hashes), RADIUS, np.zeros(0, np.int64))
    return time.process_time() - begun, len(found)


def faiss(hashes: Hashes, python: Path) -> tuple[float, int]:
    """CPU seconds and number of pairs of FAISS' flat index, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "hashes.npy", hashes)
        command = [str(python), "-c", PEER, f"{folder}/hashes.npy", str(RADIUS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, found = done.stdout.split()
    return float(seconds), int(found)


def main() -> int:
    """Time all, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a tenth of the hashes")
    parser.add_argument("--peer-python", type=Path, help="interpreter that has faiss-cpu")
    asked = parser.parse_args()
    scale = 10 if asked.short else 1
    ours(sample(1000, 0))
    before = _peak_mb()
    large = sample(1_000_000 // scale, 0)
    seconds, found = ours(large)
    print(f"{len(large)} hashes, radius {RADIUS}: {seconds:.2f} CPU s (at most {MOST_S:g}), {len(found)} pairs")
    print(f"peak {_peak_mb():.0f} MB in all (at most {MOST_MB:g}), {_peak_mb() - before:.0f} MB of it for this")
    failed = seconds > MOST_S or _peak_mb() > MOST_MB
    return int(_beside_peers(sample(100_000 // scale, 1), asked.peer_python) or failed)


def _beside_peers(hashes: Hashes, python: Path | None) -> bool:
    runs: dict[str, list[tuple[float, int]]] = {"ours": [], "all with all, compiled (floor)": []}
    for _ in range(ROUNDS):
        seconds, found = ours(hashes)
        runs["ours"].append((seconds, len(found)))
        runs["all with all, compiled (floor)"].append(plain(hashes))
        if python is not None:
            runs.setdefault("FAISS flat", []).append(faiss(hashes, python))
    table = Table("way", "CPU s", "ratio to ours", "pairs", title=f"{len(hashes)} hashes, radius {RADIUS}")
    basis = median(seconds for seconds, _ in runs["ours"])
    for name, some in runs.items():
        seconds = median(s for s, _ in some)
        table.add_row(name, f"{seconds:.3f}", f"{seconds / basis:.1f}", str(some[0][1]))
    Console().print(table)
    different = len({found for some in runs.values() for _, found in some}) > 1
    print("the pairs differ" if different else "all find the same number of pairs")
    return different


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    sys.exit(main())
