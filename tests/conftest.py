"""What tests of several rooms need: the real data beside the checkout, small images, a small disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
"""An example may take long on a machine that others use too; what must be quick has a test that measures."""


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """Gives the folder of a public data set; skips, saying so, where it is absent."""
    root = Path(os.environ.get("DETECTION_REAL_DATA", ROOT.parent / "shared" / "data"))

    def folder(name: str) -> Path:
        if not (root / name).is_dir():
            pytest.skip(f"no public data set {name} in {root}; set DETECTION_REAL_DATA to where it is")
        return root / name

    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; skips, saying so, where we may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk here ({mounted.stderr.strip()}); run as root to test a full disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
