"""Golden answers as a document, and what a device may differ by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detection.edge.compare import Gap, gap
from detection.edge.trust.golden import Golden, GoldenFrame, Tolerance
from detection.errors import BundleError
from tests.examples_bundles import colour_detector, picture
from tests.examples_models import CLASSES

TOLERANCE = Tolerance(0.5, 0.01, 0.1)
FOUND = colour_detector().detect(picture(1, 333, 77))
GOLDEN = Golden(TOLERANCE, (GoldenFrame("golden/a.png", {"fp32": FOUND}),))


def test_answers_come_back_to_the_last_bit() -> None:
    again = Golden.from_json(GOLDEN.to_json(CLASSES), CLASSES, ["fp32"]).frames[0].expected["fp32"]
    assert len(FOUND) > 3
    assert gap([FOUND], [again]) == Gap(1, len(FOUND), 0, 0, 0)
    assert np.array_equal(again.boxes, FOUND.boxes)
    assert np.array_equal(again.scores, FOUND.scores)


@pytest.mark.parametrize(
    ("measured", "allowed"),
    [
        (Gap(2, 9, 0.5, 0.01, 0.1), True),
        (Gap(2, 9, 0.51, 0, 0), False),
        (Gap(2, 9, 0, 0.011, 0), False),
        (Gap(2, 9, 0, 0, 0.11), False),
        (Gap(0, 0, 0, 0, 0), False),
    ],
    ids=["at-the-bounds", "boxes", "scores", "partners", "no-frame"],
)
def test_each_bound_counts_and_no_frame_proves_nothing(measured: Gap, allowed: bool) -> None:
    assert TOLERANCE.allows(measured) is allowed


def test_every_variant_must_have_an_answer() -> None:
    with pytest.raises(BundleError, match="missing"):
        Golden.from_json(GOLDEN.to_json(CLASSES), CLASSES, ["fp32", "int8"])


@pytest.mark.parametrize(
    "answer",
    [
        {"label": "crate", "score": 0.5, "raw": 0.5, "box": [0, 0, 1, 1]},
        {"label": "red", "score": 1.5, "raw": 0.5, "box": [0, 0, 1, 1]},
        {"label": "red", "score": 0.5, "raw": 0.5, "box": [0, 0, 1]},
        {"label": "red", "score": 0.5, "raw": 0.5, "box": [0, 0, 1, "1"]},
    ],
)
def test_an_answer_that_is_none_is_refused(answer: object) -> None:
    value: Any = GOLDEN.to_json(CLASSES)
    value["frames"][0]["expected"]["fp32"] = [answer]
    with pytest.raises(BundleError, match="frames"):
        Golden.from_json(value, CLASSES, ["fp32"])
