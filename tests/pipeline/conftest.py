"""One tiny world for every test of the pipeline: made once, looked at by all, changed by none."""

from __future__ import annotations

import time

import pytest

from tests import workspace
from tests.workspace import Workspace


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which the pipeline ran to its end; tests look at it and change nothing."""
    made = workspace.make(tmp_path_factory.mktemp("tiny") / "checkout", "tiny")
    begun = time.perf_counter()
    made.run("dvc", "repro")
    print(f"\nevery stage, end to end, on the tiny preset: {time.perf_counter() - begun:.0f} s")
    return made
