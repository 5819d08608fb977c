"""What is covered is counted, and what is not says how much is missing."""

from __future__ import annotations

from detection.rules.labels.findings import coverage
from detection.rules.labels.findings.coverage import Coverage, Wanted
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.spec.labels import Condition, Crossing
from tests.examples_findings import marked
from tests.examples_labels import collected, frames, said, stored

LIGHTING = Condition(id="lighting", values=["bright", "dim"], derived_from="the test", minimum_frames=3)
CROSSINGS = (Crossing(of=["class", "lighting"], minimum=2), Crossing(of=["lighting", "crowding"], minimum=1))
CROWDING = Condition(id="crowding", values=["sparse"], derived_from="the test", minimum_frames=0)
WANTED = Wanted([LIGHTING], ["box", "tube"])


def _counted(*lights: str) -> Coverage:
    rows = [stored(str(n)) for n in range(len(lights))]
    made = collected(*[(said("ann-1", *([("box", 1, 1, 9, 9)] * n)),) for n in range(len(lights))])
    table = frames(rows, {"lighting": list(lights)})
    return coverage.count(Tables(table, made.boxes, made.assignments), WANTED)


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


def test_objects_count_once_a_frame_as_the_expert_saw_them_or_else_the_first() -> None:
    """Two annotators who draw one box each have seen one object; a crowd region is none."""
    box, tube = ("box", 1, 1, 9, 9), ("tube", 1, 1, 9, 9)
    crowd = marked(said("a", tube, box), crowd=[True, False])
    made = collected((said("b", box, box), said("a", box)), (said("b", box), said("z", tube, verified=True)), (crowd,))
    counted = coverage.count(made, Wanted([], ["box", "tube"], boxes_per_class=2))
    assert [(c.boxes, c.objects, c.needs_more) for c in counted.classes] == [(5, 2, 0), (2, 1, 1)]
    assert coverage.gaps(counted) == ["class tube: 1 objects (needs 2); needs 1 more"]


def test_every_combination_of_a_crossing_is_counted_against_its_minimum() -> None:
    """A class may be there in numbers and never at dusk."""
    rows = [stored(str(n)) for n in range(3)]
    made = collected(*[(said("ann-1", *([("box", 1, 1, 9, 9)] * n)),) for n in range(3)])
    table = frames(rows, {"lighting": ["bright", "bright", "dim"], "crowding": ["sparse", "", "sparse"]})
    wanted = Wanted([LIGHTING, CROWDING], ["box", "tube"], 0, CROSSINGS)
    counted = coverage.count(Tables(table, made.boxes, made.assignments), wanted).crossings
    assert [(c.values, c.counted, c.number, c.needs_more) for c in counted] == [
        (("box", "bright"), "objects", 1, 1), (("box", "dim"), "objects", 2, 0),
        (("tube", "bright"), "objects", 0, 2), (("tube", "dim"), "objects", 0, 2),
        (("bright", "sparse"), "frames", 1, 0), (("dim", "sparse"), "frames", 1, 0),
    ]  # fmt: skip
    lines = coverage.gaps(coverage.count(Tables(table, made.boxes, made.assignments), wanted))
    assert "class x lighting, box x bright: 1 objects (needs 2); needs 1 more" in lines


def test_frames_without_pixels_are_counted() -> None:
    made = collected((said("ann-1"),), ())
    made.frames.shard[0] = ""
    assert coverage.count(made, WANTED).without_pixels == 1


def test_coverage_of_an_earlier_version_is_still_read() -> None:
    """What is new has a default, so that an old file does not stop the report."""
    old = Coverage(1, 1, 0, 0, (), ())
    assert (old.crossings, old.brightness, old.without_pixels) == ((), (), 0)
