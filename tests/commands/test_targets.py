"""``detection targets``: what is not of this machine is said to be so, and one line a candidate and target is shown."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from detection.commands import targets
from detection.rules.candidates import Candidate, elsewhere, prospect
from detection.rules.spec.targets import Target
from tests.rules.test_candidates import COST, TARGET

CANDIDATE = Candidate("yolov8n.yaml", 320)


def changed(**fields: str) -> Target:
    return TARGET.model_copy(update=fields)


def test_what_cannot_be_measured_here_says_why() -> None:
    assert targets.why_elsewhere(TARGET, "x86_64") == ""
    assert targets.why_elsewhere(changed(machine="aarch64"), "x86_64") == "it is aarch64, this is x86_64"
    assert "graphics card" in targets.why_elsewhere(changed(engine="tensorrt-rtx"), "x86_64")


def test_the_table_has_a_line_for_each_candidate_on_each_target() -> None:
    console = Console(width=200, file=StringIO())
    away = elsewhere(changed(id="pi"), CANDIDATE, "it is aarch64, this is x86_64")
    console.print(targets.table_of([prospect(TARGET, CANDIDATE, COST), away]))
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert "meets" in shown
    assert "p95 40.0 ms (at most 50)" in shown
    assert "not measured here" in shown
