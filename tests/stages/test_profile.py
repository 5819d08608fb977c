"""The stage times what it was given, every variant with every number of threads, and leaves a whole sheet."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from detection.errors import DocumentError
from detection.outside import documents, runtime_archive
from detection.outside.stopwatch.turns import Track
from detection.rules.judging.costs import CostSheet
from detection.stages import profile
from tests import examples_dataset
from tests.examples_models import colour_model
from tests.outside.stopwatch.test_turns import PICTURES, SETTINGS


def test_every_variant_is_timed_with_every_number_of_threads(tmp_path: Path) -> None:
    params = profile.Params(frames=20, rounds=2, threads=[2, 1])
    track = Track(runtime_archive.pack(), runtime_archive.device_python(), SETTINGS, PICTURES, params.rounds)
    told: list[int] = []
    sheet = profile.run(params, examples_dataset.colours(), [colour_model()], track, told.append)
    assert [(row.variant, row.threads) for row in sheet.rows] == [("fp32", 2), ("fp32", 1)]
    assert sheet.threads == (2, 1)
    assert all(row.machine == platform.machine() and row.bytes == len(colour_model()) for row in sheet.rows)
    assert [row.slower_than_reference for row in sheet.rows] == [None, None]
    documents.write_value(tmp_path / "costs.json", sheet)
    assert documents.read_value(CostSheet, tmp_path / "costs.json") == sheet
    assert profile.sentence(sheet.rows[1]).startswith("fp32, 1 thread: ")


def test_a_number_of_threads_named_twice_is_refused(tmp_path: Path) -> None:
    """Its second row would stand for nothing."""
    (tmp_path / "params.yaml").write_text("profile: {frames: 20, rounds: 2, threads: [1, 1]}\n", encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        documents.read_document(profile.Params, tmp_path / "params.yaml", section="profile")
    assert "names a number twice" in str(caught.value.faults)
