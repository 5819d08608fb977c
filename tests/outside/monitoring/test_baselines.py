"""Accepted periods on disk: the newest counts, only under its bundle, and a changed one is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.errors import DocumentError, TelemetryError
from detection.outside.monitoring import baselines
from detection.rules.field.watching.learnt import FORMAT, Acceptance
from detection.rules.field.watching.tally import Tally

EDGES = {"brightness": np.array([50.0, 100.0]), "score/box": np.array([0.5])}
BUNDLE = "ab" * 32
NOW = datetime(2026, 6, 20, tzinfo=UTC)


def minutes(camera: str, seed: int = 1, many: int = 20) -> Tally:
    dice = np.random.default_rng(seed)
    counts = {name: dice.integers(0, 9, (many, len(inner) + 2)) for name, inner in EDGES.items()}
    begins = 1_780_300_800 + 60 * np.arange(many)
    return Tally(np.full(many, camera, object), begins, counts["brightness"].sum(axis=1), counts)


def acceptance(camera: str, accepted_at: datetime = NOW, bundle: str = BUNDLE) -> Acceptance:
    begins = accepted_at - timedelta(days=10)
    return Acceptance(
        FORMAT, bundle, camera, begins, accepted_at, "site-engineer", accepted_at, "frames looked at", 20, 90, ""
    )


def test_what_was_accepted_comes_back_bin_by_bin(tmp_path: Path) -> None:
    sent = {camera: minutes(camera, seed) for seed, camera in enumerate(("dock-7", "../../etc"))}
    for camera, own in sent.items():
        baselines.write(tmp_path, acceptance(camera), own)
    read = baselines.read(tmp_path, BUNDLE, EDGES)
    assert read is not None
    for camera, own in sent.items():
        back = read.of(camera)
        assert back.begins_s.tolist() == own.begins_s.tolist()
        assert all((back.counts[name] == own.counts[name]).all() for name in EDGES)
    assert {path.parent for path in tmp_path.rglob("*.json")} == set(tmp_path.iterdir())


def test_of_two_baselines_of_a_camera_the_newer_counts(tmp_path: Path) -> None:
    baselines.write(tmp_path, acceptance("dock-7", NOW), minutes("dock-7", 1))
    newer = baselines.write(tmp_path, acceptance("dock-7", NOW + timedelta(days=1)), minutes("dock-7", 2))
    assert baselines.acceptances(tmp_path, BUNDLE) == {"dock-7": newer}


def test_a_baseline_holds_for_the_bundle_that_ran_alone(tmp_path: Path) -> None:
    """Another model gives other scores."""
    baselines.write(tmp_path, acceptance("dock-7"), minutes("dock-7"))
    assert baselines.read(tmp_path, "cd" * 32, EDGES) is None


def test_a_period_is_accepted_once(tmp_path: Path) -> None:
    baselines.write(tmp_path, acceptance("dock-7"), minutes("dock-7"))
    with pytest.raises(TelemetryError, match="accepted before"):
        baselines.write(tmp_path, acceptance("dock-7"), minutes("dock-7", 2))


def test_a_table_that_was_changed_is_found(tmp_path: Path) -> None:
    place = baselines.write(tmp_path, acceptance("dock-7"), minutes("dock-7"))
    other = baselines.write(tmp_path, acceptance("dock-8"), minutes("dock-8", 2))
    (place / baselines.MINUTES).write_bytes((other / baselines.MINUTES).read_bytes())
    with pytest.raises(DocumentError, match="not the table that was accepted"):
        baselines.read(tmp_path, BUNDLE, EDGES)


def test_a_baseline_without_its_acceptance_is_none(tmp_path: Path) -> None:
    """Interrupted half-way: it was not accepted."""
    place = baselines.write(tmp_path, acceptance("dock-7"), minutes("dock-7"))
    (place / baselines.ACCEPTANCE).unlink()
    assert baselines.read(tmp_path, BUNDLE, EDGES) is None
    assert baselines.write(tmp_path, acceptance("dock-7"), minutes("dock-7")) == place


def test_another_format_is_refused(tmp_path: Path) -> None:
    baselines.write(tmp_path, replace(acceptance("dock-7"), format=FORMAT + 1), minutes("dock-7"))
    with pytest.raises(DocumentError, match="accept the period again"):
        baselines.read(tmp_path, BUNDLE, EDGES)
