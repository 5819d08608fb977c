"""The short forms of the benchmarks, and what opening a registry costs: many writers, kills, size, imports."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.registry import concurrency, kills
from benchmarks.registry.growth import BUSY, Size, grow
from benchmarks.registry.places import place
from detection.outside.database.registry import open_registry
from tests.examples_store import Store

HEAVY = (
    "alembic", "mlflow", "torch", "daft", "numpy", "pyarrow", "cv2", "jinja2", "matplotlib", "rich",
    "sqlalchemy.dialects.postgresql",
)  # fmt: skip


def test_asking_a_registry_imports_little() -> None:
    """`detection registry live` answers in half a second; what is imported late stays out."""
    words = f"import sys, detection.outside.database.registry; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_a_registry_that_was_grown_is_as_one_that_was_lived(store: Store) -> None:
    """The benchmark's short way into the database leaves what the registry would have: chain, tables, laws."""
    grow(store.url, Size(versions=4, entries=60, slots=2))
    with open_registry(store.url) as registry:
        assert registry.fault() is None
        assert len(registry.live()) == 2
        assert registry.history(BUSY)[0].epoch > 3
    with pytest.raises(Exception, match="never changed"):
        store.run("UPDATE entries SET actor = 'x'")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_writers_could_have_stood_in_a_line(kind: str, request: pytest.FixtureRequest) -> None:
    """Four processes, twenty acts each; the benchmark has sixteen and a thousand."""
    if kind == "postgresql":
        request.getfixturevalue("server")
    with place(kind, concurrency.prepared) as made:
        acts = concurrency.together(made.url, 4, 20)
        said = concurrency.told(kind, made.url, acts, 1.0)
    assert len(acts) == 80
    assert "chain and tables: whole" in said
    assert "0 acknowledged acts lost" in said
    assert "0 acts that fit no line" in said


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["promote", "rollback"])
def test_a_kill_leaves_the_old_state_or_the_new(verb: str) -> None:
    """At every ninth system call; the benchmark takes each."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed, which kills at system calls: apt-get install strace")
    cases: list[kills.Case] = []
    with place("sqlite", lambda desk: cases.append(kills.case_of(desk, verb)), _memory()) as made:
        said = kills.told("sqlite", made, cases[0], 9)
    assert " 0 neither" in said
    assert len(said.splitlines()) == 1


def _memory() -> Path | None:
    return Path("/dev/shm") if Path("/dev/shm").is_dir() else None
