"""Examples: a few pictures of each kind, of the frames that can be shown."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.outside import examples
from detection.outside.examples import EACH
from detection.outside.shards import ShardWriter
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.intake.arrivals import Common, Context, Stored, Tables, tables
from detection.rules.spec.units import Severity
from tests.examples_labels import COMMON, Box, jpeg, said

BOX: Box = ("box", 10, 10, 40, 40)


@pytest.fixture
def stored(tmp_path: Path) -> Tables:
    """Nine frames of 64 x 48 pixels with one box each."""
    rows = []
    with ShardWriter(tmp_path, 1_000_000) as writer:
        for number in range(9):
            content = jpeg(number)
            digest = hashlib.sha256(content).hexdigest()
            place = writer.add(digest, "jpg", content)
            context = Context("", "cam-0", "s-0", None, {})
            at = (place.shard, place.offset, place.length)
            rows.append(Stored(digest, f"{number}.jpg", *at, 64, 48, context, (said("ann-1", BOX),)))
    return tables(rows, Common(COMMON.source, (), "1"))


def _finding(made: Tables, row: int, kind: str = "unusual-size", severity: Severity = "warning") -> Finding:
    frames = made.frames
    return Finding(kind, severity, str(frames.id[row]), str(frames.name[row]), "ann-1", "is odd", (10, 10, 40, 40))


def test_each_kind_shows_a_few_frames_and_those_that_block_come_first(tmp_path: Path, stored: Tables) -> None:
    many = [_finding(stored, row) for row in range(9)]
    shown = examples.of_findings(tmp_path, stored, [*many, _finding(stored, 0, "unknown-class", "blocking")])
    assert [(p.title, len(p.pictures)) for p in shown] == [("unknown-class", 1), ("unusual-size", EACH)]
    assert shown[1].pictures[0].caption == f"{stored.frames.name[0]}\nis odd"


def test_other_frames_are_shown_before_a_frame_is_shown_twice(tmp_path: Path, stored: Tables) -> None:
    [shown] = examples.of_findings(tmp_path, stored, [_finding(stored, row) for row in (0, 0, 0, 0, 0, 0, 0, 1, 2)])
    assert len({p.alt for p in shown.pictures[:3]}) == 3


def test_the_box_in_question_is_red(tmp_path: Path, stored: Tables) -> None:
    """Drawn at its place: the picture is five times as wide as the frame."""
    [shown] = examples.of_findings(tmp_path, stored, [_finding(stored, 3)])
    content = b64decode(shown.pictures[0].source.partition(",")[2])
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape[:2] == (240, 320)
    blue, green, red = (int(v) for v in image[125, 50])
    assert red > 150 > max(blue, green)


def test_two_frames_that_are_compared_are_both_shown(tmp_path: Path, stored: Tables) -> None:
    frames = stored.frames
    one = Finding("near-identical", "warning", str(frames.id[0]), "a", "ann-1", "differs", other=str(frames.id[1]))
    [shown] = examples.of_findings(tmp_path, stored, [one])
    assert [p.alt for p in shown.pictures] == ["a", frames.name[1]]


def test_what_cannot_be_read_is_not_shown(tmp_path: Path, stored: Tables) -> None:
    """A damaged shard must not keep the page from being written."""
    (tmp_path / "000000.tar").write_bytes(b"gone")
    assert examples.of_findings(tmp_path, stored, [_finding(stored, 0)]) == ()


def test_findings_about_no_frame_have_no_picture(tmp_path: Path, stored: Tables) -> None:
    assert examples.of_findings(tmp_path, stored, [Finding("coverage", "warning", "", "", "", "needs more")]) == ()
    assert examples.of_findings(tmp_path, stored, []) == ()


def test_endless_corners_do_not_stop_the_page(tmp_path: Path, stored: Tables) -> None:
    stored.boxes.corners[0] = (np.nan, -np.inf, 1e30, 4)
    row = int(np.flatnonzero(stored.frames.id == stored.boxes.frame[0])[0])
    finding = Finding("degenerate-box", "warning", str(stored.frames.id[row]), "a", "ann-1", "x", (0, -1e30, 1e30, 4))
    assert len(examples.of_findings(tmp_path, stored, [finding])[0].pictures) == 1
