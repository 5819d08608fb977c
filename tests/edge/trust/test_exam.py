"""The exam's document comes back to the last bit, and nothing hostile comes in with it."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from detection.edge import checked
from detection.edge.trust import exam
from detection.edge.trust.exam import SAMPLES, Exam, fingerprint
from detection.errors import BundleError
from tests.examples_bundles import colour_detector, jpeg, picture, png
from tests.examples_models import CLASSES, SIZE

FILES = {"exam/a.png": png(picture(1)), "exam/b.jpg": jpeg(picture(2, 33, 90)), "exam/torn.png": png(picture(1))[:99]}


def sat() -> Exam:
    return exam.sit(FILES, {"fp32": colour_detector()}, 1_000_000, 0.002)


def test_it_comes_back_to_the_last_bit() -> None:
    written = sat()
    read = Exam.from_bytes(written.to_bytes(), len(CLASSES))
    assert read.to_bytes() == written.to_bytes()
    assert (read.refused, [seen.size for seen in read.seen]) == (("exam/torn.png",), [(80, 60), (33, 90)])
    for left, right in zip(written.seen, read.seen, strict=True):
        a, b = left.found["fp32"], right.found["fp32"]
        assert len(a) > 0
        for one, other in ((a.boxes, b.boxes), (a.labels, b.labels), (a.scores, b.scores), (a.raw, b.raw)):
            np.testing.assert_array_equal(one, other)


def test_a_frame_with_nothing_in_it_comes_back_empty() -> None:
    black = np.zeros((9, 9, 3), np.uint8)
    written = exam.sit({"exam/black.png": png(black)}, {"fp32": colour_detector()}, 1000)
    (seen,) = Exam.from_bytes(written.to_bytes(), len(CLASSES)).seen
    assert seen.found["fp32"].boxes.shape[1] == 4


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda value: value["seen"][0].pop("raw"), id="missing"),
        pytest.param(lambda value: value["seen"][0].update(more=1), id="unknown"),
        pytest.param(lambda value: value.update(format=2), id="another format"),
        pytest.param(lambda value: value.update(tensor=-1), id="a limit below nothing"),
        pytest.param(lambda value: value["seen"][0].update(file="../a.png"), id="a path that climbs"),
        pytest.param(lambda value: value["refused"].append("/etc/passwd"), id="an absolute path"),
        pytest.param(lambda value: value["seen"][0].update(width=0), id="no width"),
        pytest.param(lambda value: value["seen"][0]["pixels"].update(samples="00"), id="too few samples"),
        pytest.param(lambda value: value["seen"][0]["raw"].update(fp32="0"), id="half a digest"),
        pytest.param(lambda value: value["seen"][0]["found"].update(int8=""), id="another variant's answers"),
        pytest.param(lambda value: value["seen"][0]["found"].update(fp32="AAAA"), id="part of a row"),
        pytest.param(lambda value: value["seen"][0]["found"].update(fp32="A"), id="no base64"),
        pytest.param(lambda value: value["seen"][0]["found"].update(fp32=row(3.0, 0.5)), id="a class nobody knows"),
        pytest.param(lambda value: value["seen"][0]["found"].update(fp32=row(0.5, 0.5)), id="half a class"),
        pytest.param(lambda value: value["seen"][0]["found"].update(fp32=row(0.0, 1.5)), id="a score beyond 1"),
        pytest.param(lambda value: value["seen"][0]["found"].update(fp32=row(0.0, np.nan)), id="no number"),
    ],
)
def test_anything_else_is_refused(change: Callable[[object], object]) -> None:
    value = json.loads(sat().to_bytes())
    change(value)
    with pytest.raises(BundleError, match=r"exam/exam\.json"):
        Exam.from_bytes(checked.canonical(value), len(CLASSES))


def row(label: float, score: float) -> str:
    import base64

    return base64.b64encode(np.array([label, score, score, 0, 0, 1, 1], "<f4").tobytes()).decode()


def test_fingerprints_say_how_far_apart_two_pictures_are() -> None:
    image = np.random.default_rng(0).integers(0, 200, (1, 3, SIZE, SIZE), np.uint8)
    one = fingerprint(image)
    assert (len(one.samples), one.apart(fingerprint(image.copy()))) == (SAMPLES, 0)
    brighter = image + np.uint8(51)
    assert one.apart(fingerprint(brighter)) == pytest.approx(0.2)


def test_a_change_between_the_samples_counts_as_one_step() -> None:
    image = np.zeros((1, 3, SIZE, SIZE), np.uint8)
    changed = image.copy()
    changed[0, 0, 0, 1] = 200
    assert fingerprint(image).samples == fingerprint(changed).samples
    assert fingerprint(image).apart(fingerprint(changed)) == pytest.approx(1 / 255)


def test_pictures_of_a_single_value_have_samples_too() -> None:
    assert fingerprint(np.array([[[7, 8, 9]]], np.uint8)).samples[:1] == b"\x07"
