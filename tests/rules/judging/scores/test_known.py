"""Observations of frames, sets and groups that nobody knows, and of scores that are no numbers."""

from __future__ import annotations

import numpy as np
import pytest

from detection.errors import LabelsError, ModelError
from detection.rules.judging.scores.known import expect_known
from tests.examples_scores import FACTS, judge, objects, observed, said


@pytest.mark.parametrize("column", ["frame", "set", "group"])
def test_an_observation_of_another_frame_set_or_group_is_refused(column: str) -> None:
    seen = observed()
    expect_known(seen, FACTS, "observations.parquet")
    getattr(seen, column)[0] = "stranger"
    with pytest.raises(LabelsError, match=r"observations.parquet: speaks of frames that were not judged, 1 in all"):
        expect_known(seen, FACTS, "observations.parquet")


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("column", ["score", "corners"])
def test_a_detection_whose_score_or_corner_is_no_number_is_refused(column: str, wrong: float) -> None:
    """A damaged table would be sorted somehow; an object has no score, and that is no fault."""
    seen = observed()
    getattr(seen, column)[0] = wrong
    with pytest.raises(ModelError, match=rf"1 of {len(seen)} observations have a score or corner that is no number"):
        expect_known(seen, FACTS, "observations.parquet")


def test_nothing_observed_is_known_throughout() -> None:
    expect_known(observed(judge(objects(), said())), FACTS, "observations.parquet")
