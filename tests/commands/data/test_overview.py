"""The overview of ``detection data``: quick, and true to the modules it does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from detection.cli import call
from detection.commands.data import VERBS, verb
from detection.errors import DetectionError

HEAVY = ("numpy", "numba", "scipy", "cv2", "pyarrow", "daft", "dvc", "pydantic")


@pytest.mark.parametrize("name", sorted(VERBS))
def test_the_overview_says_of_each_verb_what_its_own_module_says(name: str) -> None:
    """The line stands in two places."""
    assert " ".join(verb(name).help.split("\n\n")[0].split()) == VERBS[name]


def test_every_module_with_a_verb_is_listed() -> None:
    """Beside the table that they share."""
    modules = {path.stem for path in Path(str(sys.modules[verb.__module__].__file__)).parent.glob("[a-z]*.py")}
    assert modules == {*VERBS, "terminal"}


def test_the_overview_needs_no_arrays_no_tables_and_no_dvc() -> None:
    """Asking what there is must not cost what doing it costs."""
    asked = f"import sys; from detection.cli import call; call(['data', '--help']); \
        print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "leakage" in done.stdout


def test_a_mistyped_verb_is_told_with_its_neighbour() -> None:
    """As any other word."""
    with pytest.raises(DetectionError, match="leakage"):
        call(["data", "leakag"])
