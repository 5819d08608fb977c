"""Simulated reviewers hand over what a person's tool would: it comes home through the strict readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detection.outside import deliveries, documents, processes
from detection.outside.formats.reading import label_studio
from detection.outside.story import frames, reviewers
from detection.outside.story.frames import Scene, Year
from detection.outside.story.reviewers import Asked, Rule
from detection.rules.field.story.plan import Plan
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.sources import DeliveredSource
from detection.rules.spec.spec import Spec
from detection.scenes.warehouse import World

PLAN = documents.read_document(Plan, Path("specs/story.yaml"))
CLASSES = tuple(PLAN.classes(documents.read_document(Spec, Path("specs/spec.yaml"))))
YEAR = Year(World(7, 36, 160, 128), (3, 15), 2, date(2026, 8, 1))
FIRST = date(2026, 11, 2)
LIMITS = Limits(pixels=10**7, members=1000, member_bytes=10**7, total_bytes=10**8, expansion=100)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Scene]]:
    """Three days of two cameras, by one process."""
    folder = tmp_path_factory.mktemp("frames")
    taken = frames.takes(YEAR, FIRST, 3)
    with processes.pool(1) as pool:
        return folder, list(frames.photograph(pool, YEAR, taken, CLASSES, folder))


def test_frames_lie_where_a_runtime_looks_in_the_order_of_time(scenes: tuple[Path, list[Scene]]) -> None:
    folder, found = scenes
    names = [scene.take.name for scene in found]
    assert names == sorted(names)
    assert len(names) == 2 * 2 * 3
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jpg")) == names
    assert {scene.day for scene in found} == {FIRST, FIRST.replace(day=3), FIRST.replace(day=4)}
    assert any((scene.labels == 3).any() for scene in found)


def test_a_control_year_has_no_crates_and_the_light_of_june() -> None:
    control = replace(YEAR, crates_from=None)
    assert control.season(FIRST).crate_share == 0
    assert control.season(FIRST).brightness == 1
    assert YEAR.season(FIRST).brightness < 0.7


def test_a_delivery_comes_back_with_both_reviewers_and_the_new_kind(
    scenes: tuple[Path, list[Scene]], tmp_path: Path
) -> None:
    folder, found = scenes
    asked = [Asked(scene.take, scene.sha256, (folder / scene.take.name).read_bytes()) for scene in found]
    labelled = reviewers.deliver(tmp_path / "delivery", YEAR, asked, Rule(CLASSES, "2", "scenes", "Apache-2.0"))
    entry = reviewers.source_entry("review-1", tmp_path / "delivery", "scenes")
    source = DeliveredSource.model_validate(entry)
    with deliveries.opened(tmp_path / "delivery", LIMITS) as delivery:
        export = label_studio.read(delivery, source)
    assert len(export.images) == len(found)
    people = {answer.annotator for image in export.images for answer in image.answers}
    assert people == set(reviewers.REVIEWERS)
    assert sum(len(answer.labels) for image in export.images for answer in image.answers) == len(labelled.boxes)
    assert "crate" in set(labelled.boxes.label.tolist())
    assert np.isfinite(labelled.boxes.corners).all()
