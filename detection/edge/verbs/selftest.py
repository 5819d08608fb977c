"""``runtime.pyz selftest``: does this device see and say what was seen and said where the bundle was judged?

Golden frames first, whose answers are held to the specification's limits; then the exam, which says at which level a
device differs that does.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from detection.edge.compare import Gap, gap
from detection.edge.trust import exam
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.trust.exam import Exam
from detection.edge.trust.golden import Golden, Tolerance
from detection.edge.trust.keys import read_trust
from detection.edge.trust.marking import Mark, Marks, marked
from detection.edge.verbs.ending import DONE, OTHERWISE
from detection.edge.verbs.options import add_model_options, add_trust_option, require_named
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import read_image
from detection.errors import DetectionError

SUMMARY = "look at the golden frames and the exam, and compare with what travels along"
_NAMED = 5


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``selftest``."""
    add_model_options(parser)
    add_trust_option(parser)
    parser.add_argument("--answers", type=Path, metavar="FILE", help="write what this device saw in the exam here")


def call(chosen: argparse.Namespace) -> int:
    """Look, compare, and say how far apart the answers lie."""
    require_named(chosen)
    bundle = open_bundle(chosen.bundle, read_trust(chosen.trust) if chosen.trust else None)
    detectors = {
        name: bundle.detector(name, chosen.threads, chosen.engine) for name in _variants(bundle, chosen.variant)
    }
    golden = bundle.golden()
    passed = _golden_frames(bundle, golden, detectors)
    if any(entry.name == exam.NAME for entry in bundle.manifest.files):
        due = Exam.from_bytes(bundle.read(exam.NAME), len(bundle.manifest.classes))
        files = {file: bundle.read(file) for file in due.files}
        given = exam.sit(files, detectors, bundle.manifest.pixel_limit, due.tensor)
        if chosen.answers is not None:
            _write(chosen.answers, given)
        passed = _exam(marked(due, given), due.tensor, golden.tolerance) and passed
    return DONE if passed else OTHERWISE


def _golden_frames(bundle: Bundle, golden: Golden, detectors: Mapping[str, Detector]) -> bool:
    images = [read_image(bundle.read(frame.file), bundle.manifest.pixel_limit) for frame in golden.frames]
    passed = True
    for variant, detector in detectors.items():
        found = gap((frame.expected[variant] for frame in golden.frames), map(detector.detect, images))
        passed = _said(f"{variant}", found, "golden frames", golden.tolerance) and passed
    return passed


def _exam(marks: Marks, tensor: float, tolerance: Tolerance) -> bool:
    """Say each level of the exam; raw outputs are told, not judged: engines round as their processor likes."""
    named = ", ".join(marks.otherwise[:_NAMED])
    print(
        f"exam, reading: {_verdict(not marks.otherwise)}: {len(marks.otherwise)} pictures read or refused otherwise",
        end="",
    )
    print(f" ({named})" if named else "")
    passed = not marks.otherwise
    for level, mark in (("pixels", marks.pixels), ("tensors", marks.tensors)):
        allowed = mark.apart <= tensor and mark.compared > 0
        apart = f"{mark.apart:.3g} of full scale (at most {tensor:g})"
        at = f", most in {mark.worst}" if mark.worst else ""
        print(f"exam, {level}: {_verdict(allowed)}: {_same(mark)}; {apart}{at}")
        passed = passed and allowed
    for variant, found in marks.found.items():
        print(f"exam, raw output of {variant}: {_same(marks.raw[variant])} to the last bit")
        passed = _said(f"exam, {variant}", found, "pictures", tolerance) and passed
    return passed


def _said(name: str, found: Gap, noun: str, limits: Tolerance) -> bool:
    allowed = limits.allows(found)
    print(
        f"{name}: {_verdict(allowed)} over {found.frames} {noun}: "
        f"boxes {found.box_px:.3g} px (at most {limits.box_px:g}), scores {found.score:.3g} (at most "
        f"{limits.score:g}), without a partner {found.unmatched_share:.3g} (at most {limits.unmatched_share:g})"
    )
    return allowed


def _verdict(passed: bool) -> str:
    return "PASS" if passed else "FAIL"


def _same(mark: Mark) -> str:
    return f"{mark.compared - mark.differing} of {mark.compared} pictures the same"


def _write(path: Path, given: Exam) -> None:
    try:
        path.write_bytes(given.to_bytes())
    except OSError as error:
        raise DetectionError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error


def _variants(bundle: Bundle, wanted: str | None) -> list[str]:
    names = [variant.name for variant in bundle.manifest.variants]
    return names if wanted is None else [bundle.manifest.variant(wanted).name]
