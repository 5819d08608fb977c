"""Ultralytics YOLO folders: read strictly, every fault of a file at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError, DocumentError, SourceError
from detection.outside.formats.reading import yolo

DATA = "train: train/images\nval: valid/images\nnc: 2\nnames: ['box', 'bag']\nroboflow: {project: x}\n"


def _export(folder: Path, labels: str | None, data: str = DATA) -> Path:
    for side in ("train", "valid"):
        for kind in ("images", "labels"):
            (folder / side / kind).mkdir(parents=True, exist_ok=True)
    (folder / "data.yaml").write_text(data)
    (folder / "train" / "images" / "a.jpg").touch()
    if labels is not None:
        (folder / "train" / "labels" / "a.txt").write_text(labels)
    return folder


def test_centres_become_corners_in_shares_of_the_image(tmp_path: Path) -> None:
    """Pixels need the image's size, which only its header knows."""
    export = yolo.read(_export(tmp_path, "1 0.5 0.5 0.25 0.5\n\n0 0.1 0.1 0.2 0.2"), "original")
    image = export.images[0]
    assert (image.name, image.relative) == ("train/images/a.jpg", True)
    np.testing.assert_allclose(image.answers[0].corners, [[0.375, 0.25, 0.625, 0.75], [0, 0, 0.2, 0.2]], atol=1e-7)
    assert image.answers[0].labels.tolist() == ["bag", "box"]


def test_a_polygon_becomes_the_box_around_it(tmp_path: Path) -> None:
    """Exports mix segments among boxes; the trainer takes the box around them too."""
    export = yolo.read(_export(tmp_path, "0 0.1 0.2 0.5 0.1 0.3 0.6"), "original")
    np.testing.assert_allclose(export.images[0].answers[0].corners, [[0.1, 0.1, 0.5, 0.6]], atol=1e-7)


def test_an_empty_file_is_empty_a_missing_one_is_unlabelled(tmp_path: Path) -> None:
    """The trainer takes both for empty, and learns that unlabelled objects are background."""
    export = yolo.read(_export(tmp_path / "a", ""), "original")
    assert [len(i.answers[0]) for i in export.images] == [0]
    export = yolo.read(_export(tmp_path / "b", None), "original")
    assert [(r.name, r.finding) for r in export.rejected] == [("train/images/a.jpg", "unlabelled")]


def test_all_faults_of_a_file_come_with_their_lines(tmp_path: Path) -> None:
    """One import shows everything there is to mend in a file."""
    export = yolo.read(_export(tmp_path, "7 0.5 0.5 0.2 0.2\n0 0.5 0.5\n0 0.5 0.5 0.2 0.2\n-1 a b c d"), "original")
    reason = export.rejected[0].reason
    assert not export.images
    for part in ("line 1: class '7'; expected a whole number from 0 to 1", "line 2: 3 values", "line 4: class '-1'"):
        assert part in reason


def test_names_may_be_numbered(tmp_path: Path) -> None:
    """Both ways of writing names are in use."""
    export = yolo.read(_export(tmp_path, "1 0.5 0.5 0.2 0.2", DATA.replace("['box', 'bag']", "{0: box, 1: bag}")), "o")
    assert export.images[0].answers[0].labels.tolist() == ["bag"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param("names: [a]\n", "neither train, val nor test", id="no folders"),
        pytest.param("names: [a]\ntrain: ../train/images\n", "leads out of the folder", id="above"),
        pytest.param("names: [a]\ntrain: /etc\n", "leads out of the folder", id="absolute"),
        pytest.param("names: [a]\ntrain: nowhere\nval: neither\n", "neither is no folder", id="missing, both told"),
        pytest.param("names: {1: a, 2: b}\ntrain: train/images\n", "expected 0 and up", id="names from 1"),
    ],
)
def test_faults_of_data_yaml_are_told(tmp_path: Path, data: str, words: str) -> None:
    """A folder outside the export is never read, whoever wrote the file."""
    with pytest.raises(SourceError, match=words):
        yolo.read(_export(tmp_path, "", data), "original")


def test_a_missing_data_yaml_is_our_error(tmp_path: Path) -> None:
    """The folder may be right and the format wrong."""
    with pytest.raises(DocumentError, match=r"data\.yaml"):
        yolo.read(tmp_path, "original")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    labels=st.text(alphabet="0123456789 .-+einfa\n", max_size=60),
    data=st.sampled_from([DATA, DATA[:30], "[", "a: &a [*a]"]),
)
def test_no_damage_leaves_by_another_door(tmp_path: Path, labels: str, data: str) -> None:
    """Whatever stands in a file, it is read, listed, or our own error."""
    _export(tmp_path, labels, data)
    try:
        export = yolo.read(tmp_path, "original")
    except DetectionError:
        return
    assert len(export.images) + len(export.rejected) == 1


@pytest.mark.real_data
def test_the_public_parcels_are_read_whole(real_data: Callable[[str], Path]) -> None:
    """Counts published beside the data, by others."""
    export = yolo.read(real_data("parcels"), "original")
    assert (len(export.images), sum(len(i.answers[0]) for i in export.images), export.rejected) == (26, 42, ())
    assert {label for i in export.images for label in i.answers[0].labels} == {"package"}
