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
from detection.edge.telemetry.signals import Tally
from detection.errors import BundleError
from tests.examples_bundles import EDGES, picture, signals_of


def tally(*seeds: int) -> Tally:
    return signals.nothing(EDGES).add([signals_of(picture(seed), nothing()) for seed in seeds])


VIEW = np.arange(192, dtype=np.uint8).reshape(12, 16)


REFERENCE = reference_of(
    EDGES,
    [Block("cam-02", "s1", 8, tally(1)), Block("cam-01", "s2", 9, tally(2, 3)), Block("cam-01", "s1", 8, tally(4))],
    {"cam-01": VIEW},
)


def test_it_comes_back_the_same() -> None:
    content = checked.canonical(REFERENCE.to_json())
    again = Reference.from_json(checked.parse(content, "reference.json"))
    assert checked.canonical(again.to_json()) == content
    assert again.classes == ("red", "green", "blue")
    assert [block.hour for block in again.blocks] == [8, 9, 8]
    assert np.array_equal(again.views["cam-01"], VIEW)


def test_blocks_stand_in_order_whatever_order_they_came_in() -> None:
    assert [(b.camera, b.block) for b in REFERENCE.blocks] == [("cam-01", "s1"), ("cam-01", "s2"), ("cam-02", "s1")]
    assert REFERENCE.cameras() == ["cam-01", "cam-02"]


def test_the_total_of_cameras_is_the_total() -> None:
    assert REFERENCE.total().frames == 4
    assert REFERENCE.total("cam-01").frames == 3
    assert REFERENCE.total("cam-09").frames == 0


def test_every_signal_has_a_count_for_each_bin_and_one_for_none() -> None:
    value: Any = REFERENCE.to_json()
    for name in EDGES:
        assert len(value["blocks"][0]["counts"][name]) == len(EDGES[name]) + 2


def _without(value: Any) -> None:
    del value["edges"]["box_size"]


def _descending(value: Any) -> None:
    value["edges"]["score/red"] = [0.5, 0.25]


def _no_edges(value: Any) -> None:
    value["edges"]["score/red"] = []


def _short(value: Any) -> None:
    value["blocks"][0]["counts"]["score/red"].pop()


def _negative(value: Any) -> None:
    value["blocks"][0]["counts"]["brightness"][0] = -1


def _fraction(value: Any) -> None:
    value["blocks"][0]["frames"] = 1.5


def _newer(value: Any) -> None:
    value["format"] = 3


def _contradicts(value: Any) -> None:
    value["blocks"][0]["counts"]["brightness"][0] += 1


def _boxes_without_scores(value: Any) -> None:
    value["blocks"][0]["counts"]["box_size"][0] += 1


def _no_hour(value: Any) -> None:
    value["blocks"][0]["hour"] = 24


def _half_a_view(value: Any) -> None:
    value["views"]["cam-01"].pop()


HARMS = [
    _without, _descending, _no_edges, _short, _negative, _fraction, _newer, _contradicts, _boxes_without_scores,
    _no_hour, _half_a_view,
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_any_fault_is_refused_with_its_place(harm: Any) -> None:
    value = copy.deepcopy(REFERENCE.to_json())
    harm(value)
    with pytest.raises(BundleError, match=r"reference\.json"):
        Reference.from_json(value)


def test_edges_are_exact() -> None:
    again = Reference.from_json(checked.parse(checked.canonical(REFERENCE.to_json()), "reference.json"))
    assert all(np.array_equal(again.edges[name], EDGES[name]) for name in EDGES)
