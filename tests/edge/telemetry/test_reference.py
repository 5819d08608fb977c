"""The drift reference as a document."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from detection.edge import checked
from detection.edge.boxes import nothing
from detection.edge.telemetry import signals
from detection.edge.telemetry.reference import Block, Reference, reference_of
from detection.edge.telemetry.signals import SIGNALS, Tally, signals_of
from detection.errors import BundleError
from tests.examples_bundles import EDGES, picture


def tally(*seeds: int) -> Tally:
    counted = signals.nothing(EDGES)
    for seed in seeds:
        counted = counted.add(signals_of(picture(seed), nothing()))
    return counted


REFERENCE = reference_of(
    EDGES, [Block("cam-02", "s1", tally(1)), Block("cam-01", "s2", tally(2, 3)), Block("cam-01", "s1", tally(4))]
)


def test_it_comes_back_the_same() -> None:
    content = checked.canonical(REFERENCE.to_json())
    again = Reference.from_json(checked.parse(content, "reference.json"))
    assert checked.canonical(again.to_json()) == content


def test_blocks_stand_in_order_whatever_order_they_came_in() -> None:
    assert [(b.camera, b.block) for b in REFERENCE.blocks] == [("cam-01", "s1"), ("cam-01", "s2"), ("cam-02", "s1")]
    assert REFERENCE.cameras() == ["cam-01", "cam-02"]


def test_the_total_of_cameras_is_the_total() -> None:
    assert REFERENCE.total().frames == 4
    assert REFERENCE.total("cam-01").frames == 3
    assert REFERENCE.total("cam-09").frames == 0


def test_every_signal_has_a_count_for_each_bin_and_one_for_none() -> None:
    value: Any = REFERENCE.to_json()
    for name in SIGNALS:
        assert len(value["blocks"][0]["counts"][name]) == len(EDGES[name]) + 2


def _without(value: Any) -> None:
    del value["signals"]["score"]


def _descending(value: Any) -> None:
    value["signals"]["score"]["edges"] = [0.5, 0.25]


def _no_edges(value: Any) -> None:
    value["signals"]["score"]["edges"] = []


def _short(value: Any) -> None:
    value["blocks"][0]["counts"]["score"].pop()


def _negative(value: Any) -> None:
    value["blocks"][0]["counts"]["brightness"][0] = -1


def _fraction(value: Any) -> None:
    value["blocks"][0]["frames"] = 1.5


def _newer(value: Any) -> None:
    value["format"] = 2


@pytest.mark.parametrize("harm", [_without, _descending, _no_edges, _short, _negative, _fraction, _newer])
def test_any_fault_is_refused_with_its_place(harm: Any) -> None:
    value = copy.deepcopy(REFERENCE.to_json())
    harm(value)
    with pytest.raises(BundleError, match=r"reference\.json"):
        Reference.from_json(value)


def test_edges_are_exact() -> None:
    again = Reference.from_json(checked.parse(checked.canonical(REFERENCE.to_json()), "reference.json"))
    assert all(np.array_equal(again.edges[name], EDGES[name]) for name in SIGNALS)
