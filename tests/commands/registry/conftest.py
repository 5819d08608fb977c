"""Workspaces with registered versions, made once and copied for each test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from detection import cli
from tests.examples_registered import evidenced, plain_bundle, registered_workspace
from tests.examples_typed import ENGINEER, Say


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: nobody may change it."""
    folder = tmp_path_factory.mktemp("registered")
    plain = plain_bundle(folder / "plain")
    evidenced(plain, folder / "second", counter=2, threshold=0.4)
    registered_workspace(folder / "place", evidenced(plain, folder / "first"))
    return folder


@pytest.fixture
def place(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the test's own, in which it stands: one version in Development."""
    shutil.copytree(template / "place", tmp_path / "place")
    shutil.copytree(template / "second", tmp_path / "place" / "export" / "second")
    monkeypatch.chdir(tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def say(place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """A terminal that stands in the workspace."""
    assert place.is_dir()
    monkeypatch.setenv("COLUMNS", "200")
    return Say(capsys, monkeypatch)


@pytest.fixture(scope="module")
def replaced(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after 1.0.1 took the place of 1.0.0 in line-1/dev; made once: nobody may change it."""
    folder = tmp_path_factory.mktemp("replaced") / "place"
    shutil.copytree(template / "place", folder)
    shutil.copytree(template / "second", folder / "export" / "second")
    before = Path.cwd()
    os.chdir(folder)
    try:
        cli.call(["registry", "register", "export/second"])
        for version in ("1.0.0", "1.0.1"):
            cli.call(["registry", "promote", version, "line-1/dev", *ENGINEER])
    finally:
        os.chdir(before)
    return folder
