"""Names that are safe on every disk, and what is told of each frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detection.errors import LabelsError
from detection.outside.deliveries.members import name_fault
from detection.rules.labels import outgoing
from detection.rules.labels.outgoing import Labelled, Names
from tests.examples_labels import collected, said

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("wanted", "given_name"),
    [
        pytest.param("ride 1.mp4#t=10.jpg", "ride 1.mp4#t=10.jpg", id="as wanted"),
        pytest.param("train/images/a.jpg", "train_images_a.jpg", id="folders"),
        pytest.param("../../etc/passwd", "__.._etc_passwd.png", id="leads out"),
        pytest.param(".hidden.jpg", "_hidden.jpg", id="hidden"),
        pytest.param("", "frame.png", id="nothing"),
        pytest.param("a.JPG", "a.JPG", id="suffix in capitals"),
        pytest.param("frame 7", "frame 7.png", id="no suffix"),
        pytest.param("x\ny:z.jpg", "x_y_z.jpg", id="unprintable"),
    ],
)
def test_a_name_stays_as_wanted_where_it_can(wanted: str, given_name: str) -> None:
    assert Names().give(wanted, DIGEST, "png") == given_name


def test_names_that_a_disk_takes_for_one_are_told_apart() -> None:
    """By case, Unicode form, or by a suffix that label files do not show."""
    names = Names()
    wanted = ["a.jpg", "A.jpg", "a.png", "é.jpg", "e\u0301.jpg", "a-01234567.jpg"]
    given_names = [names.give(name, DIGEST, "jpg") for name in wanted]
    stems = {outgoing.folded(PurePosixPath(name).stem) for name in given_names}
    assert (given_names[0], len(stems)) == ("a.jpg", len(wanted))


@example([" .hidden"])
@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=12) | st.text("aA./\\ é", max_size=4) | st.just("x" * 400), max_size=6))
def test_no_name_leads_out_or_meets_another(wanted: list[str]) -> None:
    names = Names()
    made = [names.give(name, DIGEST, "jpg") for name in wanted]
    assert len({outgoing.folded(name) for name in made}) == len(made)
    for name in made:
        assert not name_fault(name)
        assert "/" not in name
        assert not name.startswith((".", "__MACOSX"))
        assert len(name.encode()) <= 255


def test_only_what_is_known_is_told() -> None:
    made = collected([said("anna")]).frames
    moment = np.array(["2025-01-01T10:00:00.5"], "datetime64[us]")
    frames = replace(
        made, camera=np.array(["c\x07"], object), captured_at=moment, conditions={"lighting": np.array(["dim"], object)}
    )
    assert outgoing.fields_of(frames, 0) == {
        "camera": "c\ufffd", "scene": "s-0", "captured_at": "2025-01-01T10:00:00.500000+00:00",
        "condition.lighting": "dim", "source": "scenes", "licence": "Apache-2.0", "consent": "not-needed",
    }  # fmt: skip


def test_all_faults_come_together() -> None:
    made = collected([said("anna", ("car", 1, 2, 3, float("nan")), ("van", 1, 2, 3, 4))])
    boxes = replace(made.boxes, annotator=np.array(["bert", "anna"], object))
    with pytest.raises(LabelsError) as caught:
        outgoing.check(Labelled(made.frames, boxes, made.assignments, ("car", "")), True, True)
    words = "\n".join(caught.value.faults)
    assert all(part in words for part in ("class ''", "'van'", "finite", "bert, who never looked"))


def test_nothing_is_no_export() -> None:
    made = collected()
    with pytest.raises(LabelsError, match="no frame"):
        outgoing.check(Labelled(made.frames, made.boxes, made.assignments, ()), False, False)
