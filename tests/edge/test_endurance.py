"""The measurement of what grows: it must find a leak, or it says nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.endurance import Sample, grown_over


def samples(memory_mb: float = 0.0, threads: float = 0.0, files: float = 0.0) -> list[Sample]:
    """Fifty over 100,000 frames, the first five of a process that still settles; growth over the whole run."""
    settling = [Sample(2000 * n, 50 + 10 * n, 1, 1) for n in range(5)]
    shares = [n / 45 for n in range(46)]
    return settling + [
        Sample(10_000 + int(90_000 * s), 100 + 0.9 * memory_mb * s, 2 + int(threads * s), 5 + int(files * s))
        for s in shares
    ]


def test_settling_at_the_start_is_no_leak() -> None:
    assert grown_over(samples()).leaks() == []


@pytest.mark.parametrize(
    ("grown", "leaks"),
    [
        (samples(memory_mb=0.9), []),
        (samples(memory_mb=1.1), ["memory"]),
        (samples(files=1), ["files"]),
        (samples(threads=1), ["threads"]),
    ],
    ids=["below-the-limit", "memory", "a-file", "a-thread"],
)
def test_what_grows_beyond_its_limit_is_named(grown: list[Sample], leaks: list[str]) -> None:
    assert grown_over(grown).leaks() == leaks


@pytest.mark.slow
def test_in_the_real_loop_nothing_but_a_planted_leak_grows() -> None:
    """Of threads and files, which are exact; memory needs the long run."""
    command = [sys.executable, "-m", "benchmarks.endurance", "--child", "3000", "--leak", "files"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    grown = grown_over([Sample.from_line(line) for line in done.stdout.splitlines()])
    assert (grown.files, grown.threads) == (3, 0)
