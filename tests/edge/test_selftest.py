"""The device's self-test: golden frames and the exam, and at which level a device differs that does."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from detection.edge.__main__ import main
from detection.edge.trust import exam
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.exam import Exam, Fingerprint
from detection.edge.trust.manifest import Identity
from detection.edge.verbs.ending import DONE, OTHERWISE
from detection.outside import bundles
from tests.examples_bundles import colour_detector, jpeg, picture, png, write_colour_bundle
from tests.examples_models import CLASSES

FILES = {"exam/a.png": png(picture(1)), "exam/b.jpg": jpeg(picture(2, 33, 90)), "exam/torn.png": png(picture(1))[:99]}
SAT = exam.sit(FILES, {"fp32": colour_detector()}, 1_000_000, 0.002)


def with_exam(folder: Path, due: Exam) -> Bundle:
    """The colour bundle, with an exam that expects ``due``."""
    plain = write_colour_bundle(folder / "plain")
    others = {entry.name for entry in plain.manifest.files if not entry.name.startswith("exam/")}
    contents = {name: plain.read(name) for name in others} | FILES | {exam.NAME: due.to_bytes()}
    identity = Identity(*(getattr(plain.manifest, field.name) for field in fields(Identity)))
    return bundles.write(folder / "bundle", identity, contents)


def other(one: Fingerprint) -> Fingerprint:
    return Fingerprint("0" * 64, bytes(one.samples[:-1]) + bytes([one.samples[-1] ^ 1]))


def changed(**values: object) -> Exam:
    return replace(SAT, seen=(replace(SAT.seen[0], **values), *SAT.seen[1:]))  # type: ignore[arg-type]


FEWER = SAT.seen[0].found["fp32"].take(np.arange(1))
TENSORS = {size: other(one) for size, one in SAT.seen[0].tensors.items()}


@pytest.mark.parametrize(
    ("due", "status", "red"),
    [
        pytest.param(SAT, DONE, [], id="the same"),
        pytest.param(changed(pixels=other(SAT.seen[0].pixels)), OTHERWISE, ["exam, pixels"], id="other pixels"),
        pytest.param(changed(tensors=TENSORS), OTHERWISE, ["exam, tensors"], id="other tensors"),
        pytest.param(changed(raw={"fp32": "0" * 64}), DONE, [], id="raw output of another processor"),
        pytest.param(changed(found={"fp32": FEWER}), OTHERWISE, ["exam, fp32"], id="other answers"),
        pytest.param(replace(SAT, refused=(), seen=(*SAT.seen, replace(SAT.seen[0], file="exam/torn.png"))),
                     OTHERWISE, ["exam, reading"], id="refused what must be read"),
        pytest.param(replace(changed(pixels=other(SAT.seen[0].pixels)), tensor=0.004), DONE, [], id="one step allowed"),
    ],
)  # fmt: skip
def test_a_device_that_differs_says_at_which_level(
    due: Exam, status: int, red: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selftest", str(with_exam(tmp_path, due).folder)]) == status
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said if ": FAIL" in line] == red
    assert sum(": PASS" in line for line in said) == 5 - len(red)


def test_what_the_device_saw_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    bundle = with_exam(tmp_path, SAT)
    answers = tmp_path / "answers.json"
    assert main(["selftest", str(bundle.folder), "--variant", "fp32", "--answers", str(answers)]) == DONE
    assert answers.read_bytes() == SAT.to_bytes()
    assert Exam.from_bytes(answers.read_bytes(), len(CLASSES)).files == sorted(FILES)


def test_answers_that_cannot_be_written_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = with_exam(tmp_path, SAT)
    assert main(["selftest", str(bundle.folder), "--answers", str(tmp_path / "nowhere" / "a.json")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_worst_picture_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["selftest", str(with_exam(tmp_path, changed(tensors=TENSORS)).folder)])
    told = "1 of 2 pictures the same; 0.00392 of full scale (at most 0.002), most in exam/a.png"
    assert told in capsys.readouterr().out
