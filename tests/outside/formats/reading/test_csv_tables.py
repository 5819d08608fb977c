"""CSV tables: one row a box, one row an answer; every fault of both files at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError, SourceError
from detection.outside.formats.reading import csv_tables
from tests.examples_deliveries import (
    HOSTILE_NUMBERS,
    WRONG_ENCODINGS,
    boxes,
    by_name,
    cuts,
    delivered,
    read,
    source,
)

ENTRY = source("csv")
ALONE = source("csv", "absent")
BOXES = (
    "image,annotator,x1,y1,x2,y2,label,width,height,occluded\n"
    "a.jpg,w1,1,2,3.5,4,car,64,48,1\na.jpg,w2,5,6,7,8,van,64,48,0\n"
)
ANSWERS = "image,annotator,n_boxes,camera\na.jpg,w1,1,c-1\na.jpg,w2,1,c-1\na.jpg,w3,0,c-1\nb.jpg,,,c-2\n"


def tables(folder: Path, boxed: str = BOXES, answered: str = ANSWERS) -> Path:
    return delivered(folder, {"boxes.csv": boxed, "assignments.csv": answered})


def test_boxes_and_answers_come_together(tmp_path: Path) -> None:
    """An answer without boxes found nothing; a row without annotator says that nobody looked."""
    export = read(csv_tables, tables(tmp_path), ALONE)
    first, second = export.images
    assert boxes(first) == {"w1": [("car", [1, 2, 3.5, 4])], "w2": [("van", [5, 6, 7, 8])], "w3": []}
    assert (first.width, first.height, first.fields) == (64, 48, {"camera": "c-1"})
    assert (second.name, second.answers, second.fields) == ("b.jpg", (), {"camera": "c-2"})
    assert [a.occluded.tolist() for a in first.answers] == [[True], [False], []]


def test_columns_may_bear_other_names(tmp_path: Path) -> None:
    boxed = "File_Name,Worker,xmin,ymin,xmax,ymax,class\na.jpg,w1,1,2,3,4,car\n"
    image = read(csv_tables, delivered(tmp_path, {"in/boxes.csv": boxed}), ALONE).images[0]
    assert boxes(image) == {"w1": [("car", [1, 2, 3, 4])]}


def test_the_expert_is_told_by_a_column_or_by_the_source(tmp_path: Path) -> None:
    answered = "image,annotator,verified,guideline\na.jpg,w1,yes,2\na.jpg,w2,no,1\n"
    image = read(csv_tables, tables(tmp_path, answered=answered), ALONE).images[0]
    assert [(a.annotator, a.verified, a.guideline) for a in image.answers] == [
        ("verified", True, "2"),
        ("w2", False, "1"),
    ]
    image = read(csv_tables, tables(tmp_path), source("csv", "absent", annotators={"w2": "verified"})).images[0]
    assert [(a.annotator, a.verified) for a in image.answers][1] == ("verified", True)


def test_images_are_found_by_name_or_by_stem(tmp_path: Path) -> None:
    folder = tables(tmp_path, BOXES.replace("a.jpg", "a"), ANSWERS.replace("a.jpg", "a"))
    export = read(csv_tables, delivered(folder, {"images/a.jpg": b"", "images/b.jpg": b"", "c.png": b""}), ENTRY)
    assert {n: len(i.answers) for n, i in by_name(export).items()} == {"images/a.jpg": 3, "images/b.jpg": 0, "c.png": 0}


@pytest.mark.real_data
def test_crowd_reads_as_it_is(real_data: Callable[[str], Path]) -> None:
    """1,448 images by 7 workers each, 938 of them by the expert too; degenerate boxes travel as written."""
    entry = source("csv", "absent", annotators={"expert": "verified"})
    export = read(csv_tables, real_data("crowd"), entry)
    answers = [a for image in export.images for a in image.answers]
    workers = [a for a in answers if not a.verified]
    assert (len(export.images), export.rejected) == (1448, ())
    assert set(Counter(sum(not a.verified for a in i.answers) for i in export.images)) == {7}
    assert (len({a.annotator for a in workers}), sum(map(len, workers))) == (43, 11_765)
    assert (len(answers) - len(workers), sum(len(a) for a in answers if a.verified)) == (938, 1218)
    corners = np.concatenate([a.corners for a in answers])
    assert np.any(corners[:, 2:] <= corners[:, :2])


@pytest.mark.parametrize(
    ("boxed", "answered", "words"),
    [
        pytest.param(BOXES.replace("x2", "z"), ANSWERS, "column x2 is missing", id="column missing"),
        pytest.param(BOXES.replace("annotator", "x1"), ANSWERS, "x1 stand twice", id="column twice"),
        pytest.param(BOXES.replace(",car", ""), ANSWERS, "9 cells; expected 10", id="short row"),
        pytest.param(BOXES.replace("car", ""), ANSWERS, "label is empty", id="no label"),
        pytest.param(BOXES.replace("48,1", "48,maybe"), ANSWERS, "occluded is 'maybe'", id="flag"),
        pytest.param(BOXES.replace("w2", "w9"), ANSWERS, "w9 has no row", id="unassigned"),
        pytest.param(BOXES, ANSWERS + "a.jpg,w1,1,c-1\n", "a second time", id="duplicate"),
        pytest.param(BOXES, ANSWERS.replace("w1,1", "w1,2"), "n_boxes is 2; boxes.csv holds 1", id="count"),
        pytest.param(BOXES + '"', ANSWERS, "cannot be read as CSV", id="quote"),
        pytest.param("", ANSWERS, "column image is missing", id="empty"),
        pytest.param(BOXES + "x" * 200_000, ANSWERS, "cannot be read as CSV", id="long field"),
        pytest.param(BOXES, "\0", "is missing", id="nul"),
    ],
)
def test_any_fault_refuses_both_tables(tmp_path: Path, boxed: str, answered: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(csv_tables, tables(tmp_path, boxed, answered), ALONE)


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
def test_a_number_that_is_none_is_named_with_its_line(tmp_path: Path, number: str) -> None:
    with pytest.raises(SourceError, match=r"boxes\.csv:2: x2 is"):
        read(csv_tables, tables(tmp_path, BOXES.replace("3.5", number)), ALONE)


def test_all_faults_of_both_tables_come_together(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(csv_tables, tables(tmp_path, BOXES.replace("3.5", "x").replace("van", ""), ANSWERS + "b.jpg\n"), ALONE)
    assert len(caught.value.faults) >= 3


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "a\\b.jpg", "x/../../a.jpg"])
def test_a_name_never_leads_out(tmp_path: Path, name: str) -> None:
    folder = tables(tmp_path, BOXES.replace("a.jpg", name), ANSWERS.replace("a.jpg", name))
    assert [r.finding for r in read(csv_tables, folder, ALONE).rejected] == ["unreadable"]


def test_sizes_that_differ_set_the_image_aside(tmp_path: Path) -> None:
    export = read(csv_tables, tables(tmp_path, BOXES.replace("van,64", "van,65")), ALONE)
    assert [(r.name, r.finding) for r in export.rejected] == [("a.jpg", "unreadable-labels")]


def test_a_class_name_that_is_html_stays_text(tmp_path: Path) -> None:
    image = read(csv_tables, tables(tmp_path, BOXES.replace("car", '"<b>""x"""')), ALONE).images[0]
    assert image.answers[0].labels.tolist() == ['<b>"x"']


def test_two_people_with_one_name_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'W1', 'w1' would all be 'w1'"):
        read(csv_tables, tables(tmp_path, BOXES.replace("w2", "W1"), ANSWERS.replace("w2", "W1")), ALONE)


def test_truncated_boxes_are_refused(tmp_path: Path) -> None:
    """Even where the cut falls between two rows: the answers promise how many boxes there are."""
    for cut in cuts(BOXES.rstrip("\n").encode()):
        with pytest.raises(SourceError):
            read(csv_tables, delivered(tables(tmp_path), {"boxes.csv": cut}), ALONE)


@pytest.mark.parametrize("encoding", [e for e in WRONG_ENCODINGS if e != "utf-7"])
def test_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(SourceError):
        read(csv_tables, delivered(tables(tmp_path), {"boxes.csv": BOXES.encode(encoding)}), ALONE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 130), width=st.integers(0, 9), junk=st.text(max_size=3), boxed=st.booleans())
def test_no_damage_leaves_by_another_door(tmp_path: Path, cut: int, width: int, junk: str, boxed: bool) -> None:
    whole = BOXES if boxed else ANSWERS
    damaged = whole[:cut] + junk + whole[cut + width :]
    content = damaged.encode("utf-8", "surrogatepass")
    with suppress(DetectionError):
        read(csv_tables, delivered(tables(tmp_path), {"boxes.csv" if boxed else "assignments.csv": content}), ALONE)
