"""The programme: a fault that cannot be planted, a stage that refuses, a model that is not sound without any fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import DetectionError
from detection.outside.faults import trials
from detection.outside.faults.planting import Planted, not_planted
from detection.outside.faults.scratch import Scratch
from detection.outside.faults.trials import Plan


def impossible(place: Scratch) -> Planted:
    return not_planted("this world has no gremlins")


def damage(place: Scratch) -> Planted:
    (place.data / "convert" / "variants.json").write_text("{}")
    return Planted("the list of variants is empty")


def test_a_fault_that_cannot_be_planted_runs_no_stage(workspace: Path) -> None:
    trial = trials.tried(Plan("swapped-classes", impossible, ("no such stage",)), workspace)
    assert (trial.obstacle, trial.checks) == ("this world has no gremlins", ())


@pytest.mark.slow
def test_what_follows_a_refusal_is_not_run(workspace: Path) -> None:
    trial = trials.tried(Plan("swapped-classes", damage, ("evaluate", "no such stage")), workspace)
    (check,) = trial.checks
    assert (check.guard, check.verdict) == ("digest", "REFUSED")
    assert "variants.json" in check.sentence


@pytest.mark.slow
def test_what_is_refused_without_a_fault_cannot_be_rehearsed(workspace: Path) -> None:
    with pytest.raises(DetectionError, match=r"without any fault a stage refuses already \(the split is certified"):
        trials.sound(workspace)
