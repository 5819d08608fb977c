"""What is covered is counted, and what is not says how much is missing."""

from __future__ import annotations

from detection.rules.labels.findings import coverage
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.spec.labels import Condition
from tests.examples_labels import collected, frames, said, stored

LIGHTING = Condition(id="lighting", values=["bright", "dim"], derived_from="the test", minimum_frames=3)


def _counted(*lights: str) -> Coverage:
    rows = [stored(str(n)) for n in range(len(lights))]
    made = collected(*[(said("ann-1", *([("box", 1, 1, 9, 9)] * n)),) for n in range(len(lights))])
    table = frames(rows, {"lighting": list(lights)})
    return coverage.count(table, made.boxes, made.assignments, [LIGHTING], ["box", "tube"])


def test_every_value_is_counted_against_its_minimum() -> None:
    """Also values that no frame has."""
    counted = {c.value: (c.frames, c.needs_more) for c in _counted("bright", "bright", "bright", "bright").conditions}
    assert counted == {"bright": (4, 0), "dim": (0, 3), "": (0, 0)}


def test_gaps_are_sentences_with_the_number_that_is_missing() -> None:
    """A reader orders frames by them."""
    lines = coverage.gaps(_counted("bright", "bright", ""))
    assert "lighting bright: 2 frames (needs 3); needs 1 more" in lines
    assert "lighting dim: 0 frames (needs 3); needs 3 more" in lines
    assert any(line.startswith("lighting: unknown for 1 frames") for line in lines)
    assert "class tube: no box at all; label some, or drop the class" in lines


def test_boxes_and_empty_frames_are_counted() -> None:
    """Frame n holds n boxes: three frames, one of them empty."""
    counted = _counted("dim", "dim", "dim")
    assert (counted.frames, counted.labelled, counted.empty, counted.verified) == (3, 3, 1, 0)
    assert [(c.label, c.boxes, c.frames) for c in counted.classes] == [("box", 3, 2), ("tube", 0, 0)]
