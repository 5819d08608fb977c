"""A bundle and a few pictures of two cameras."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples_bundles import picture, png, write_colour_bundle


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_bundle(tmp_path_factory.mktemp("made") / "bundle").folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    for seed in range(4):
        camera = folder / f"cam-{seed % 2:02d}"
        camera.mkdir(parents=True, exist_ok=True)
        (camera / f"{seed}.png").write_bytes(png(picture(seed)))
    return folder
