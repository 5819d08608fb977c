"""Images on their way in: turned, stripped, put in context, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.edge.vision.frames import read_image
from detection.errors import FrameError, SourceError
from detection.outside import deliveries
from detection.outside.intake import delivered
from detection.outside.intake.delivered import Choice
from detection.rules.labels.intake.arrivals import Arrival, Export, LabelledImage, Rejected
from detection.rules.labels.intake.orientation import Dimensions, displayed
from detection.rules.labels.intake.sources import DeliveredSource
from tests.examples_intake import LIMITS, source
from tests.examples_labels import huge_png, jpeg, said
from tests.examples_photographs import SECRET, talkative_jpeg, talkative_mpo, talkative_png

BOX = ("Crate", 2.0, 1.0, 30.0, 9.0)


def image(name: str, width: int = 0, height: int = 0, relative: bool = False, **fields: str) -> LabelledImage:
    box = ("Crate", 0.25, 0.25, 0.5, 1.0) if relative else BOX
    return LabelledImage(name, width, height, relative, (said("ann-1", box),), fields)


def arrived(
    folder: Path, choice: DeliveredSource, *images: LabelledImage, keep: Sequence[str] | None = None
) -> list[Arrival | Rejected]:
    with deliveries.opened(folder, LIMITS) as delivery:
        export = Export(images, (Rejected("x.xml", "unreadable", "broken"),))
        return list(delivered.arrivals(delivery, export, Choice(choice, keep, LIMITS.pixels)))


def one(folder: Path, choice: DeliveredSource, wanted: LabelledImage) -> Arrival:
    made = arrived(folder, choice, wanted)[1]
    assert isinstance(made, Arrival), made
    return made


def test_bad_images_are_listed_and_the_others_go_on(tmp_path: Path) -> None:
    """A truncated JPEG, a PNG of 900 megapixels in 100 kB, a text, one that is not there, and a good one."""
    whole = jpeg()
    files = {"good.jpg": whole, "half.jpg": whole[: len(whole) // 2], "huge.png": huge_png(), "text.jpg": b"hello"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    made = arrived(tmp_path, source(), *(image(name) for name in ("absent.jpg", *files)))
    assert [a.name for a in made if isinstance(a, Arrival)] == ["good.jpg"]
    told = {r.name: r.reason for r in made if isinstance(r, Rejected) and r.finding == "unreadable"}
    assert sorted(told) == ["absent.jpg", "half.jpg", "huge.png", "text.jpg", "x.xml"]
    assert "pixel limit" in told["huge.png"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_turn_with_the_picture_where_they_follow_the_stored_one(tmp_path: Path, orientation: int) -> None:
    """By the entry's word, or by the size that the labels were drawn at."""
    (tmp_path / "a.jpg").write_bytes(talkative_jpeg(orientation))
    expected = displayed(np.array([BOX[1:]], np.float32), Dimensions(40, 24), orientation)
    told = one(tmp_path, source(boxes_follow="stored"), image("a.jpg"))
    assert told.answers[0].corners.tolist() == expected.tolist()
    assert read_image(told.content).shape[:2] == (told.height, told.width)
    guessed = one(tmp_path, source(), image("a.jpg", 40, 24))
    sideways = orientation >= 5
    assert guessed.answers[0].corners.tolist() == (expected.tolist() if sideways else [list(BOX[1:])])


def test_boxes_of_the_displayed_picture_stay(tmp_path: Path) -> None:
    """The label's size says so too."""
    (tmp_path / "a.jpg").write_bytes(talkative_jpeg(6))
    for wanted in (image("a.jpg"), image("a.jpg", 24, 40)):
        made = one(tmp_path, source(), wanted)
        assert ((made.width, made.height), made.answers[0].corners.tolist()) == ((24, 40), [list(BOX[1:])])


@pytest.mark.parametrize(("follow", "expected"), [("displayed", [6, 10, 12, 40]), ("stored", [0, 10, 18, 20])])
def test_shares_are_shares_of_the_picture_they_were_drawn_on(
    tmp_path: Path, follow: str, expected: list[float]
) -> None:
    """Of 24 x 40 displayed or 40 x 24 stored pixels."""
    (tmp_path / "a.jpg").write_bytes(talkative_jpeg(6))
    made = one(tmp_path, source(boxes_follow=follow), image("a.jpg", relative=True))
    assert made.answers[0].corners.tolist() == [expected]


def test_labels_of_another_size_are_not_trusted(tmp_path: Path) -> None:
    """Images are scaled and their labels forgotten: the boxes lie elsewhere."""
    (tmp_path / "a.jpg").write_bytes(talkative_jpeg(6))
    for choice, size in ((source(), (128, 48)), (source(boxes_follow="stored"), (24, 40))):
        refused = arrived(tmp_path, choice, image("a.jpg", *size))[1]
        assert isinstance(refused, Rejected)
        assert refused.finding == "size-mismatch"
        assert f"the labels say {size[0]} x {size[1]}, the image has" in refused.reason


def test_what_a_photograph_tells_is_read_and_not_stored(tmp_path: Path) -> None:
    """Camera and time from EXIF; the bytes keep neither, nor where it was."""
    (tmp_path / "a.jpg").write_bytes(talkative_jpeg())
    places = {"camera": [{"exif": "BodySerialNumber"}], "captured_at": [{"exif": "DateTimeOriginal"}]}
    made = one(tmp_path, source(metadata=places), image("a.jpg"))
    assert (made.context.camera, str(made.context.captured_at)) == ("cam 7", "2021-05-03 08:11:12+00:00")
    assert SECRET not in made.content
    assert b"cam 7" not in made.content
    assert b"cam 7" in one(tmp_path, source(keep_metadata=["BodySerialNumber"]), image("a.jpg")).content


def test_labels_alone_need_no_file(tmp_path: Path) -> None:
    """And nobody looks for one."""
    made = one(tmp_path, source(images="absent"), image("gone.jpg", 100, 80, relative=True))
    assert (made.content, made.extension, made.width, made.height) == (b"", "", 100, 80)
    assert made.answers[0].corners.tolist() == [[25, 20, 50, 80]]


def test_shares_of_an_unknown_size_are_set_aside(tmp_path: Path) -> None:
    """They are no boxes; an answer without boxes needs no size."""
    wanted = image("a.jpg", relative=True)
    assert [r.finding for r in arrived(tmp_path, source(images="absent"), wanted) if isinstance(r, Rejected)] == [
        "unreadable", "unknown-size",
    ]  # fmt: skip
    assert one(tmp_path, source(images="absent"), replace(wanted, answers=(said("ann-1"),))).width == 0


def test_class_names_are_mapped_and_others_left_as_they_are(tmp_path: Path) -> None:
    """What stays unknown is for validate to name."""
    (tmp_path / "a.jpg").write_bytes(jpeg())
    for names, label in (({"Crate": "box"}, "box"), ({}, "Crate")):
        assert one(tmp_path, source(class_names=names), image("a.jpg")).answers[0].labels.tolist() == [label]


def test_a_keep_list_restricts_and_tells_what_it_misses(tmp_path: Path) -> None:
    """A mistyped list would otherwise train on whatever matched."""
    for grey, name in enumerate("ab"):
        (tmp_path / f"{name}.jpg").write_bytes(jpeg(grey))
    made = arrived(tmp_path, source(), image("a.jpg"), image("b.jpg"), keep=["a", "c"])
    assert [(type(x).__name__, x.name) for x in made] == [("Rejected", "c"), ("Arrival", "a.jpg")]


def test_a_keep_list_hides_no_fault_of_what_it_keeps(tmp_path: Path) -> None:
    """Why the labels of a wanted image could not be read is told, and of the others nothing."""
    (tmp_path / "a.jpg").write_bytes(jpeg())
    made = arrived(tmp_path, source(), image("a.jpg"), keep=["a.jpg", "x.jpg", "y"])
    told = [(r.name, r.finding) for r in made if isinstance(r, Rejected)]
    assert told == [("x.xml", "unreadable"), ("y", "missing")]
    made = arrived(tmp_path, source(), image("a.jpg"), keep=["a.jpg"])
    assert not [r for r in made if isinstance(r, Rejected)]


def test_whoever_answers_as_the_expert_is_the_expert(tmp_path: Path) -> None:
    """In formats without names the source says who drew; ``verified`` is the expert there as everywhere."""
    (tmp_path / "a.jpg").write_bytes(jpeg())
    for who in ("verified", "ann-1"):
        wanted = replace(image("a.jpg"), answers=(said(who, BOX),))
        assert one(tmp_path, source(), wanted).answers[0].verified == (who == "verified")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whole=st.sampled_from([talkative_jpeg(), talkative_mpo(), talkative_png()]),
    flips=st.lists(st.integers(0, 10**6), min_size=1, max_size=3),
)
def test_a_damaged_photograph_is_set_aside_or_keeps_its_pixels(tmp_path: Path, whole: bytes, flips: list[int]) -> None:
    """Whatever bits have flipped: what is stored decodes as what was delivered, or does not."""
    content = bytearray(whole)
    for flip in flips:
        content[flip % len(whole)] ^= 1 << flip % 8
    (tmp_path / "a.jpg").write_bytes(content)
    made = arrived(tmp_path, source(), image("a.jpg"))[1]
    if isinstance(made, Arrival):
        assert decoded(made.content) == decoded(bytes(content))


def decoded(content: bytes) -> bytes:
    """Pixels as a device sees them; none where it refuses."""
    try:
        return read_image(content).tobytes()
    except FrameError:
        return b""


def test_clocks_without_time_zone_refuse_the_delivery(tmp_path: Path) -> None:
    """With how many frames, and one of them."""
    places = {"captured_at": [{"field": "taken"}]}
    images = [image(f"{n}.jpg", 9, 9, taken="2013-08-09 16:02:14") for n in range(3)]
    with pytest.raises(SourceError, match=r"clocks without time zone: 3 frame\(s\), such as 0\.jpg: '2013-08-09 16"):
        arrived(tmp_path, source(images="absent", metadata=places), *images)
