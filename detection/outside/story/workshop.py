"""Where the challenger is made: a copy of the workspace with the new labels and class, and the real stages in it.

The workspace itself is only read.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.edge.trust.bundle import Bundle, open_bundle
from detection.errors import DetectionError, GateRefusalError
from detection.outside import documents, exits, files
from detection.outside.faults.scratch import Scratch
from detection.outside.story import teaching
from detection.rules.field.story.plan import Plan
from detection.rules.judging.comparison.sheet import ComparisonSheet
from detection.rules.spec.spec import Spec

SPEC = Path("specs/spec.yaml")
KEPT = ("collect", "validate", "agreement", "split", "sanity")
"""Folders of ``data/`` that the stages build on: what was placed in a split stays there."""
CHAMPION = ("convert", "calibrate", "split", "evaluate")
"""What a comparison reads of the champion."""
NEEDED = (*KEPT, "train", "convert", "calibrate", "evaluate")
STAGES = (
    "collect", "validate", "agreement", "split", "train", "convert", "profile", "calibrate", "evaluate", "diagnose",
    "parity", "gate", "report", "bundle",
)  # fmt: skip
OnStage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a challenger is made of.

    Attributes:
        workspace: of the champion.
        folder: becomes the challenger's workspace.
        plan: the new class, the guideline, how to train.
        sources: what params.yaml says of the new labels, an entry a delivery.
    """

    workspace: Path
    folder: Path
    plan: Plan
    sources: tuple[dict[str, object], ...]


def expect_finished(workspace: Path) -> Bundle:
    """The workspace's bundle, opened.

    Raises:
        DetectionError: ``dvc repro`` did not run to its end there.
    """
    missing = [f"data/{name}" for name in NEEDED if not (workspace / "data" / name).is_dir()]
    missing += [] if (workspace / "export" / "bundle").is_dir() else ["export/bundle"]
    if missing:
        raise DetectionError(
            f"{workspace.resolve()}: {', '.join(missing)} is missing; the story begins with the release that "
            "`dvc repro` makes: run it first"
        )
    return open_bundle(workspace / "export" / "bundle")


def prepare(order: Order) -> Scratch:
    """Copy what the champion was made of, and say what is new.

    Raises:
        DiskError: the disk refuses.
    """
    files.empty_folder(order.folder)
    try:
        for name in KEPT:
            shutil.copytree(order.workspace / "data" / name, order.folder / "data" / name)
        for name in CHAMPION:
            shutil.copytree(order.workspace / "data" / name, order.folder / "champion" / name)
        for name in ("specs", "requirements"):
            shutil.copytree(order.workspace / name, order.folder / name)
        shutil.copyfile(order.workspace / "data" / "train" / "weights.pt", order.folder / "champion" / "weights.pt")
        shutil.copyfile(order.workspace / "params.yaml", order.folder / "params.yaml")
    except OSError as error:
        raise files.DiskError(f"{order.folder}: cannot be written ({error.strerror or error}); free space") from error
    files.write_json(order.folder / SPEC, with_class(documents.read_document(Spec, order.workspace / SPEC), order.plan))
    place = Scratch(order.folder)
    _set_params(place, order)
    return place


def with_class(spec: Spec, plan: Plan) -> dict[str, Any]:
    """The specification with the new class and what is asked of it, as plain values."""
    changed = spec.model_copy(
        update={
            "classes": plan.classes(spec),
            "labelling": spec.labelling.model_copy(update={"guideline_version": plan.guideline_version}),
            "acceptance": spec.acceptance.model_copy(update={"criteria": [*spec.acceptance.criteria, *plan.criteria]}),
            "operating_points": plan.operating_points,
            "output": spec.output.model_copy(update={"suppression_across_classes": plan.suppression_across_classes}),
        }
    )
    plain: dict[str, Any] = changed.model_dump(mode="json")
    return plain


def make(place: Scratch, plan: Plan, on_stage: OnStage) -> Bundle:
    """Run the real stages, from the new delivery to the signed-off bundle.

    Args:
        place: prepared.
        plan: how much of what the champion knows is taught again.
        on_stage: told of each stage before it runs.

    Raises:
        GateRefusalError: a stage refuses the challenger, in its words.
    """
    for stage in STAGES:
        on_stage(stage)
        if stage == "collect":
            shutil.rmtree(place.data / "evaluate", ignore_errors=True)
        said = _taught(place, plan) if stage == "train" else place.run(stage)
        if said:
            raise GateRefusalError(f"the challenger does not pass stage {stage}: {said}")
    return open_bundle(place.folder / "export" / "bundle")


def compare(place: Scratch) -> ComparisonSheet:
    """Ask `detection compare` whether the challenger may replace the champion.

    Raises:
        DetectionError: it could not be asked.
    """
    out = place.folder / "comparison.json"
    words = [sys.executable, "-m", "detection.cli", "compare", "champion", "workspace", "--json", str(out.resolve())]
    done = subprocess.run(words, cwd=place.folder, check=False, capture_output=True, text=True)
    if done.returncode not in (0, exits.REFUSED) or not out.is_file():
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DetectionError(f"the two could not be compared: {said}")
    return documents.read_value(ComparisonSheet, out)


def _taught(place: Scratch, plan: Plan) -> str:
    return teaching.train(place, place.folder / "champion", plan.rehearsal)


def _set_params(place: Scratch, order: Order) -> None:
    champion = (order.folder / "champion" / "weights.pt").resolve()
    sources: Sequence[object] = list(place.params("collect")["sources"])  # type: ignore[call-overload]
    place.set_params("collect", sources=[*sources, *order.sources])
    pretrained = {"path": str(champion), "sha256": files.sha256(champion)}
    place.set_params("train", pretrained=pretrained, **order.plan.training.model_dump())
    place.set_params("convert", **order.plan.converting.model_dump())
    place.set_params("profile", rounds=2, frames=20)
    place.set_params("evaluate", resamples=200)
    place.set_params("report", pictures=2)  # it travels in the bundle, whose size the targets limit
    counter = place.params("bundle")["counter"]
    place.set_params("bundle", counter=int(str(counter)) + 1)
