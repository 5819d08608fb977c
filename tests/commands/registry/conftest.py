"""A workspace with a registered version, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.examples_registered import evidenced, plain_bundle, registered_workspace


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: nobody may change it."""
    folder = tmp_path_factory.mktemp("registered")
    plain = plain_bundle(folder / "plain")
    evidenced(plain, folder / "second", counter=2)
    registered_workspace(folder / "place", evidenced(plain, folder / "first"))
    return folder


@pytest.fixture
def place(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the test's own, in which it stands."""
    shutil.copytree(template / "place", tmp_path / "place")
    shutil.copytree(template / "second", tmp_path / "place" / "export" / "second")
    monkeypatch.chdir(tmp_path / "place")
    return tmp_path / "place"
