"""The rehearsal's programme: which fault is planted how, which stages run then, and who is asked whether it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.errors import DetectionError
from detection.outside import documents
from detection.outside.faults import leaks, models, records, source
from detection.outside.faults.planting import Plant
from detection.outside.faults.scratch import Scratch, scratch
from detection.rules.judging import guards
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.rehearsal import Check, Fault, Trial

JUDGED = ("evaluate", "gate")
"""Stages that follow where a fault comes after the thresholds were chosen."""
REJUDGED = ("calibrate", *JUDGED)
"""Stages that follow where thresholds are chosen anew, under the fault."""
RUNTIME = ("calibrate", "evaluate", "parity", "gate")
"""Stages that follow where the runtime or a model has changed."""
SOUND = ("split", "calibrate", "evaluate", "parity", "gate")
"""Stages that tell how the model stands without a fault."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One fault of the programme.

    Attributes:
        fault: its name.
        plant: puts it in place.
        stages: run after that, until one refuses.
    """

    fault: Fault
    plant: Plant
    stages: tuple[str, ...]


PROGRAMME = (
    Plan("swapped-channels", source.swap_channels, RUNTIME),
    Plan("stretched-input", source.stretch, RUNTIME),
    Plan("half-pixel-shift", source.shift, RUNTIME),
    Plan("swapped-classes", records.swap_classes, REJUDGED),
    Plan("missing-labels", records.remove_labels, JUDGED),
    Plan("missing-labels", records.remove_labels_unseen, REJUDGED),
    Plan("leaked-split", leaks.leak, ("split",)),
    Plan("wrong-thresholds", records.swap_thresholds, JUDGED),
    Plan("dark-training", models.train_in_the_dark, ("train", "convert", *REJUDGED)),
    Plan("noise-calibration", models.calibrate_on_noise, RUNTIME),
)
"""Every fault, each planted alone; what is cheap comes before what takes minutes."""


def sound(workspace: Path) -> tuple[Check, ...]:
    """How the model of ``workspace`` stands without any fault, judged anew by the same stages.

    Raises:
        DetectionError: a stage refuses it as it is, so that nothing can be told of faults.
    """
    with scratch(workspace) as place:
        checks = tuple(_asked(place, SOUND))
    refusal = next((check for check in checks if check.verdict == "REFUSED"), None)
    if refusal is not None:
        raise DetectionError(
            f"without any fault a stage refuses already ({refusal.name}: {refusal.sentence}); run `dvc repro` first"
        )
    return checks


def tried(plan: Plan, workspace: Path) -> Trial:
    """Plant one fault into a copy of ``workspace``, run what follows, and ask every guard."""
    with scratch(workspace) as place:
        planted = plan.plant(place)
        checks = () if planted.obstacle else tuple(_asked(place, plan.stages))
    return Trial(plan.fault, planted.told, planted.obstacle, checks)


def _asked(place: Scratch, stages: Sequence[str]) -> Iterator[Check]:
    for stage in stages:
        said = place.run(stage)
        if said:
            yield guards.refused(stage, said)
            return
        yield guards.goes_on(stage)
        if stage == "parity":
            yield from guards.of_parity(documents.read_value(ParityReport, place.data / "parity" / "parity.json"))
        if stage == "gate":
            yield from guards.of_verdict(documents.read_value(Verdict, place.data / "gate" / "verdict.json"))
