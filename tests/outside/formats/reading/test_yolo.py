"""Ultralytics YOLO: read strictly, every fault of a file at once."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError, SourceError
from detection.outside.deliveries import opened
from detection.outside.formats.reading import yolo
from detection.rules.labels.intake.arrivals import Export
from tests.examples_hostile import ABSENT, LIMITS, SOURCE, cuts, delivery_of

DATA = "train: train/images\nnc: 2\nnames: ['box', 'bag']\nroboflow: {project: x}\n"


def read(labels: str | bytes | None, data: str = DATA, image: str = "train/images/a.jpg") -> Export:
    """Read one image with these labels, or with none."""
    files: dict[str, str | bytes] = {"data.yaml": data, image: ""}
    if labels is not None:
        files["train/labels/a.txt"] = labels
    return yolo.read(delivery_of(files), SOURCE)


def corners(labels: str, data: str = DATA) -> list[list[float]]:
    return read(labels, data).images[0].answers[0].corners.round(6).tolist()  # type: ignore[no-any-return]


def test_centres_become_corners_in_shares_of_the_image() -> None:
    """Pixels need the image's size, which only its header knows."""
    image = read("1 0.5 0.5 0.25 0.5\n\n0 0.1 0.1 0.2 0.2").images[0]
    assert (image.name, image.width, image.height, image.relative) == ("train/images/a.jpg", 0, 0, True)
    np.testing.assert_allclose(image.answers[0].corners, [[0.375, 0.25, 0.625, 0.75], [0, 0, 0.2, 0.2]], atol=1e-7)
    assert image.answers[0].labels.tolist() == ["bag", "box"]


def test_a_polygon_becomes_the_box_around_it() -> None:
    """Exports mix segments among boxes; the trainer takes the box around them too. Four points are a turned box."""
    np.testing.assert_allclose(corners("0 0.1 0.2 0.5 0.1 0.3 0.6"), [[0.1, 0.1, 0.5, 0.6]], atol=1e-6)
    np.testing.assert_allclose(corners("0 .1 .2 .2 .1 .3 .2 .2 .3"), [[0.1, 0.1, 0.3, 0.3]], atol=1e-6)


def test_key_points_are_no_polygon() -> None:
    """Where ``data.yaml`` says that there are some, the box stands before them."""
    data = f"{DATA}kpt_shape: [2, 3]\n"
    assert corners("0 0.5 0.5 0.5 0.5 0.9 0.9 2 0.1 0.1 2", data) == [[0.25, 0.25, 0.75, 0.75]]
    assert "11 with key points" in read("0 0.1 0.2 0.5 0.1 0.3 0.6", data).rejected[0].reason


def test_an_empty_file_is_empty_a_missing_one_is_unlabelled() -> None:
    """The trainer takes both for empty, and learns that unlabelled objects are background."""
    assert [[len(a) for a in i.answers] for i in read("").images] == [[0]]
    assert [[len(a) for a in i.answers] for i in read(None).images] == [[]]


def test_an_image_below_no_images_folder_has_its_labels_beside_it() -> None:
    """As the trainer looks for them; of several folders ``images`` the last is meant."""
    files = {"data.yaml": "train: t\nnames: [a]", "t/a.jpg": "", "t/a.txt": "0 .5 .5 .5 .5"}
    assert len(yolo.read(delivery_of(files), SOURCE).images[0].answers[0]) == 1
    files = {"data.yaml": "train: .\nnames: [a]", "images/images/a.jpg": "", "images/labels/a.txt": "0 .5 .5 .5 .5"}
    assert len(yolo.read(delivery_of(files), SOURCE).images[0].answers[0]) == 1


def test_odd_names_and_either_unicode_form_are_paired() -> None:
    """Names hold ``#``, ``=`` and spaces."""
    files = {
        "data.yaml": DATA,
        "train/images/gr\u00fcn 1.mp4#t=1.jpg": "",
        "train/labels/gru\u0308n 1.mp4#t=1.txt": "0 .5 .5 .5 .5",
    }
    export = yolo.read(delivery_of(files), SOURCE)
    assert [(i.name, len(i.answers[0])) for i in export.images] == [("train/images/gr\u00fcn 1.mp4#t=1.jpg", 1)]


def test_all_faults_of_a_file_come_with_their_lines() -> None:
    """One import shows everything there is to mend in a file."""
    export = read("7 0.5 0.5 0.2 0.2\n0 0.5 0.5\n0 0.5 0.5 0.2 0.2\n-1 a b c d\n0 1_0 0 0 0\n0 .5 .5 .5 .5 .9")
    reason = export.rejected[0].reason
    for part in ("line 1: class '7'", "line 2: 3 values", "line 4: class '-1'", "line 5: '1_0'", "line 6: 6 values"):
        assert part in reason
    assert "line 3" not in reason
    assert (export.rejected[0].name, export.rejected[0].finding) == ("train/labels/a.txt", "unreadable-labels")
    assert not export.images


@pytest.mark.parametrize("number", ["nan", "1e999", "-3", "1e300"])
def test_odd_numbers_come_through_for_validate_to_name(number: str) -> None:
    """A number that is out of all bounds is a fault of one box, not of the file."""
    assert read(f"0 {number} 0.5 0.1 0.1").images[0].answers[0].corners.shape == (1, 4)
    assert read(f"0 {number} 0.5 0.1 0.1 0.2 0.2").images[0].answers[0].corners.shape == (1, 4)


def test_a_class_of_five_thousand_digits_is_a_fault() -> None:
    """More than Python turns into a number."""
    assert "expected a whole number" in read(f"{'1' * 5000} .5 .5 .5 .5").rejected[0].reason


def test_names_may_be_a_mapping_and_hold_anything() -> None:
    """Whoever shows them has to mask them."""
    data = "train: train/images\nnames:\n  1: <script>alert(1)</script>\n  0: box\n"
    assert read("1 .5 .5 .5 .5", data).images[0].answers[0].labels.tolist() == ["<script>alert(1)</script>"]


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        pytest.param("0 .5 .5 .5 .5".encode("utf-8-sig"), 1, id="byte order mark"),
        pytest.param("0 .5 .5 .5 .5".encode("utf-16"), None, id="UTF-16"),
        pytest.param("0 .5 .5 .5 .5 # gr\u00fcn".encode("latin-1"), None, id="latin-1"),
        pytest.param(b"\0", None, id="zero"),
    ],
)
def test_encodings_are_read_or_listed(labels: bytes, found: int | None) -> None:
    """Tools on Windows write byte order marks."""
    export = read(labels)
    assert [len(i.answers[0]) for i in export.images] == ([] if found is None else [found])
    assert len(export.rejected) == (found is None)


def test_a_huge_label_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """No image has so many objects."""
    monkeypatch.setattr(yolo, "MAXIMUM_BYTES", 100)
    assert "expected at most 100" in read("\n" * 101).rejected[0].reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param("train: train/images\nnames: {0: a, 2: b}", "without a gap", id="gap in names"),
        pytest.param("train: train/images\nnc: 3\nnames: [a]", "nc is 3", id="other number of names"),
        pytest.param("train: train/images", "names", id="no names"),
        pytest.param("train: train/images\nnames: [no]", "names", id="a name that YAML takes for false"),
        pytest.param("train: &a [*a]\nnames: [a]", "anchors", id="alias bomb"),
        pytest.param("train: !!python/object:os.system x\nnames: [a]", "tags", id="tag"),
        pytest.param("", "empty", id="nothing"),
        pytest.param("[" * 100, "deep", id="deep"),
        pytest.param("names: [a]", "neither train", id="no folder"),
    ],
)
def test_a_document_that_is_wrong_is_our_error(data: str, reason: str) -> None:
    """Three hundred bytes of nested anchors can fill a memory."""
    with pytest.raises(DetectionError, match=reason):
        read("", data)


def test_labels_without_images_are_refused() -> None:
    """Shares of an unknown size are no boxes."""
    with pytest.raises(SourceError, match="shares of the image"):
        yolo.read(delivery_of({"data.yaml": DATA}), ABSENT)


@pytest.mark.parametrize("data", cuts(DATA.encode()))
def test_a_cut_document_is_our_error_or_reads_the_same_folder(data: bytes) -> None:
    """What a cut leaves may still be a document; class names would then be missing or whole."""
    try:
        export = read("0 .5 .5 .5 .5", data.decode())
    except DetectionError:
        return
    assert [i.answers[0].labels.tolist() for i in export.images] == [["box"]]


@pytest.mark.parametrize("labels", cuts(b"0 0.5 0.5 0.25 0.5\n1 0.25 0.25 0.125 0.125\n"))
def test_a_cut_label_file_is_read_or_listed(labels: bytes) -> None:
    """A line that broke off in its last number cannot be told; archives and manifests know their sizes."""
    export = read(labels)
    assert len(export.images) + len(export.rejected) == 1


@settings(max_examples=120, deadline=None)
@given(
    labels=st.text(alphabet="0123456789 .-+einfa_\n\u0663", max_size=60),
    data=st.sampled_from([DATA, DATA[:30], "[", "a: &a [*a]"]) | st.text(max_size=30).map(DATA.__add__),
)
def test_no_damage_leaves_by_another_door(labels: str, data: str) -> None:
    """Whatever stands in a file, it is read, listed, or our own error."""
    try:
        export = read(labels, data)
    except DetectionError:
        return
    assert len(export.images) + len(export.rejected) == 1


@pytest.mark.real_data
def test_the_public_parcels_are_read_whole(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    """Counts published beside the data, by others; packed as one folder, they are the same."""
    with tarfile.open(tmp_path / "parcels.tar.gz", "w:gz") as archive:
        archive.add(real_data("parcels"), "parcels")
    for path in (real_data("parcels"), tmp_path / "parcels.tar.gz"):
        with opened(path, LIMITS.model_copy(update={"members": 100, "total_bytes": 10**9})) as delivery:
            export = yolo.read(delivery, SOURCE)
        counts = (len(export.images), sum(len(i.answers[0]) for i in export.images))
        assert (counts, export.rejected) == ((26, 42), ())
        assert {label for i in export.images for label in i.answers[0].labels} == {"package"}
