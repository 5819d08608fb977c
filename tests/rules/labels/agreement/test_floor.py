"""What people are told when a class is below the floor."""

from __future__ import annotations

from detection.rules.labels.agreement.floor import below_floor
from tests.examples_labels import Box, collected, said
from tests.rules.labels.agreement.test_measurement import measured

A: Box = ("box", 0, 0, 10, 10)
B: Box = ("box", 20, 20, 30, 30)


def test_the_line_says_class_figure_limit_people_and_frames_by_name() -> None:
    """It is what people take to the meeting; worst frame first."""
    made = collected(
        (said("ann-1", A), said("ann-2", A)),
        (said("ann-1", A, B), said("ann-2", A)),
        (said("ann-1", A, B), said("ann-2")),
    )
    result = measured(made)
    assert below_floor(result) == [
        "class box: F1 0.571 at IoU 0.5, needs 0.85; talk to ann-1 and ann-2; the frames that show it best: 2, 1"
    ]
    assert "do not agree" in result.statement
    assert below_floor(measured(made, floor=0.0)) == []


def test_the_expert_tells_who_of_two_is_right() -> None:
    """Between two alone, nobody can tell."""
    expert = said("verified", A, B, verified=True)
    result = measured(collected((said("ann-1", A, B), said("ann-2"), expert)))
    assert "talk to ann-1 and ann-2 (against verified frames F1 1.000 and 0.000)" in below_floor(result)[0]


def test_nobody_is_blamed_for_what_all_do_alike() -> None:
    """Three who each see another thing."""
    far: Box = ("box", 40, 0, 50, 10)
    result = measured(collected((said("ann-1", A), said("ann-2", B), said("ann-3", far))))
    assert "no single annotator pulls it down" in below_floor(result)[0]
