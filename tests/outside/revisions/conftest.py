"""A repository with two revisions of the data, made once; whoever changes it takes a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples_revisions import Scratch, copied, with_history


@pytest.fixture
def history() -> Scratch:
    """Revisions ``first`` and ``second``, to be read."""
    return with_history()


@pytest.fixture
def own(tmp_path: Path) -> Scratch:
    """The same, to be changed."""
    return copied(with_history(), tmp_path / "project")
