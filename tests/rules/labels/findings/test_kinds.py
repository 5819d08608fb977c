"""Every kind of finding that any code names is explained in one place."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from detection.rules.labels.findings import finding as findings
from detection.rules.labels.findings.kinds import KINDS
from tests.examples_labels import SPEC

PACKAGE = Path(__file__).parents[4] / "detection"


@cache
def _calls() -> dict[str, list[ast.Call]]:
    """Every call in the package, commands apart, by the name of the function or class."""
    calls = defaultdict(list)
    for path in sorted(set(PACKAGE.rglob("*.py")) - set((PACKAGE / "commands").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                calls[called].append(node)
    return calls


def _named(function: str, position: int) -> set[str]:
    """Literals that are handed to a function or class of that name anywhere, at that position."""
    values = [call.args[position] for call in _calls()[function] if len(call.args) > position]
    return {one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}


@pytest.mark.parametrize(
    ("function", "position"),
    [
        ("Rejected", 1),
        ("ClaimError", 0),
        ("Finding", 0),
        ("of_frame", 0),
        ("of_all", 0),
        ("findings", 0),
        ("_each", 2),
        ("_told", 2),
    ],
)
def test_every_kind_that_is_named_is_explained(function: str, position: int) -> None:
    """A name without an explanation is a riddle on the page."""
    named = _named(function, position)
    assert named
    assert named <= set(KINDS)


def test_explanations_are_one_sentence_or_two() -> None:
    assert all(text.endswith(".") and len(text) < 130 for text in KINDS.values())


def test_a_finding_of_no_kind_is_refused() -> None:
    """It would be a warning that nobody can look up."""
    with pytest.raises(KeyError):
        findings.of_all("invented-tomorrow", SPEC.labelling, "something")


def test_kinds_that_the_spec_weighs_exist() -> None:
    """A misspelt name in the spec would weigh nothing."""
    assert set(SPEC.labelling.findings) <= set(KINDS)
