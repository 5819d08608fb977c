"""A part of the old frames, drawn by nobody: as many of each light, and the same whoever stands beside them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detection.rules.field.story.rehearsed import rehearsed
from detection.rules.labels.intake.arrivals import strings

LIGHTS = strings(["bright"] * 50 + ["dim"] * 30 + ["dusk"] * 6)
FRAMES = strings([f"frame-{number}" for number in range(len(LIGHTS))])


def test_every_light_has_its_part_and_a_rare_one_all_it_has() -> None:
    drawn = rehearsed(FRAMES, LIGHTS, 32)
    counts = {light: int(drawn[light == LIGHTS].sum()) for light in ("bright", "dim", "dusk")}
    assert counts == {"bright": 11, "dim": 11, "dusk": 6}


@given(order=st.permutations(range(len(LIGHTS))), wanted=st.integers(1, 100))
def test_the_order_of_the_frames_decides_nothing(order: list[int], wanted: int) -> None:
    drawn, again = rehearsed(FRAMES, LIGHTS, wanted), rehearsed(FRAMES[order], LIGHTS[order], wanted)
    assert set(FRAMES[drawn]) == set(FRAMES[order][again])


def test_what_is_drawn_of_few_is_drawn_of_more_too() -> None:
    few, more = rehearsed(FRAMES, LIGHTS, 12), rehearsed(FRAMES, LIGHTS, 40)
    assert np.all(more[few])
    assert more.sum() > few.sum()
