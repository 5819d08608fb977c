"""Frames that are kept: few, whole, described; a full disk loses samples and nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import math
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.edge.guard.sampler import SampleLimits, Sampler
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.samples import Sample, read_samples
from detection.edge.vision.frames import Image, read_image
from detection.errors import TelemetryError
from tests.examples_bundles import colour_detector, jpeg, picture, png
from tests.examples_models import CLASSES

ORIGIN = Origin("device-1", "a" * 64, "fp32", "0123456789abcdef")
SIX = datetime(2026, 11, 21, 6, tzinfo=timezone.utc)
SEVEN = SIX.replace(hour=7)


def sampler(folder: Path, **limits: float) -> Sampler:
    return Sampler(folder, SampleLimits(**{"control_share": 0.0, **limits}), ORIGIN, CLASSES)  # type: ignore[arg-type]


def keep(one: Sampler, image: Image, content: bytes | None, camera: str = "cam-01") -> bool:
    found = colour_detector().detect(image)

    def described(file: str) -> Sample:
        height, width = image.shape[:2]
        at, why = "2026-11-21T06:00:00.000Z", ("low-margin",)
        return Sample(ORIGIN, f"{camera}#1", file, camera, at, width, height, why, ("camera:moved",), found)

    return one.keep(described, image, content, SIX)


def test_a_frame_is_kept_with_its_own_bytes_and_everything_that_was_found(tmp_path: Path) -> None:
    content = jpeg(picture(1))
    assert keep(sampler(tmp_path), picture(1), content)
    (found,) = read_samples(tmp_path, CLASSES)
    assert (tmp_path / found.file).read_bytes() == content
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.origin == ORIGIN
    assert (found.reasons, found.flags, found.width, found.height) == (("low-margin",), ("camera:moved",), 80, 60)
    assert np.array_equal(found.detections.boxes, colour_detector().detect(picture(1)).boxes)


@pytest.mark.parametrize(
    ("content", "suffix", "exact"),
    [
        pytest.param(png(picture(1)), ".png", True, id="PNG stays"),
        pytest.param(bytes(cv2.imencode(".bmp", picture(1))[1]), ".png", True, id="BMP becomes PNG"),
        pytest.param(None, ".jpg", False, id="a camera's picture becomes JPEG"),
    ],
)
def test_what_is_no_jpeg_is_kept_as_near_as_can_be(
    tmp_path: Path, content: bytes | None, suffix: str, exact: bool
) -> None:
    assert keep(sampler(tmp_path), picture(1), content)
    (found,) = read_samples(tmp_path, CLASSES)
    kept = read_image((tmp_path / found.file).read_bytes()).astype(int)
    assert found.file.endswith(suffix)
    assert np.abs(kept - picture(1)).mean() <= (0 if exact else 4)


def test_a_reason_has_a_quota_by_camera_and_minute(tmp_path: Path) -> None:
    one = sampler(tmp_path)
    assert one.wanted("cam-01", SIX, 0.05, outside=True) == ("low-margin", "out-of-domain")
    keep(one, picture(1), None)
    assert one.wanted("cam-01", SIX, 0.05, outside=True) == ("out-of-domain",)
    assert one.wanted("cam-02", SIX, 0.05, outside=False) == ("low-margin",)
    assert one.wanted("cam-01", SEVEN, 0.05, outside=False) == ("low-margin",)
    assert one.wanted("cam-01", SEVEN, 0.2, outside=False) == ()


def test_control_frames_are_drawn_from_all_of_them(tmp_path: Path) -> None:
    one = sampler(tmp_path, control_share=0.25)
    drawn = [one.wanted("cam", SIX + timedelta(seconds=n), 9.0, outside=False) for n in range(4000)]
    assert 900 < sum(reasons == ("control",) for reasons in drawn) < 1100


def test_the_budget_of_the_disk_is_kept(tmp_path: Path) -> None:
    one = sampler(tmp_path, bytes_maximum=12_000)
    assert [keep(one, picture(seed), jpeg(picture(seed))) for seed in range(5)][-1] is False
    assert one.lost > 0
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 12_000
    for path in tmp_path.iterdir():
        path.unlink()
    assert keep(one, picture(9), jpeg(picture(9)))


def test_a_full_disk_loses_samples_and_nothing_else(small_disk: Path) -> None:
    one, hog = sampler(small_disk / "samples"), small_disk / "hog"
    with hog.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"x" * 4096)
    assert not keep(one, picture(1), jpeg(picture(1)))
    assert one.lost == 1
    hog.unlink()
    assert keep(one, picture(1), jpeg(picture(1)))
    assert len(list(read_samples(small_disk / "samples", CLASSES))) == 1


def test_the_same_picture_twice_is_one_sample(tmp_path: Path) -> None:
    one = sampler(tmp_path)
    assert keep(one, picture(1), jpeg(picture(1)))
    assert keep(one, picture(1), jpeg(picture(1)))
    assert len(list(read_samples(tmp_path, CLASSES))) == 1


def test_a_picture_that_was_changed_or_is_missing_is_refused(tmp_path: Path) -> None:
    keep(sampler(tmp_path), picture(1), jpeg(picture(1)))
    (path,) = tmp_path.glob("*.jpg")
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(TelemetryError, match="was changed"):
        list(read_samples(tmp_path, CLASSES))
    path.unlink()
    with pytest.raises(TelemetryError, match="cannot be read"):
        list(read_samples(tmp_path, CLASSES))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('"file": "', '"file": "../', id="a file elsewhere"),
        pytest.param('"low-margin"', '"because"', id="an unknown reason"),
        pytest.param('"score": ', '"score": 1', id="a score above 1"),
        pytest.param('"device": "device-1"', '"device": ""', id="no device"),
        pytest.param('"label": "', '"label": "crate', id="an unknown class"),
        pytest.param('"format": 1', '"format": 2', id="a newer format"),
    ],
)
def test_a_hostile_line_is_refused(tmp_path: Path, before: str, after: str) -> None:
    keep(sampler(tmp_path), picture(1), jpeg(picture(1)))
    (segment,) = tmp_path.glob("*.jsonl")
    line = segment.read_text()
    assert before in line
    with pytest.raises(TelemetryError, match=r"^x:1.*leave it out"):
        Sample.from_line(line.replace(before, after).encode(), "x:1", CLASSES)


def test_a_period_that_is_played_again_draws_the_same_frames(tmp_path: Path) -> None:
    """Whoever replays a year, or a recording, wants the frames that were drawn then; a start more changes nothing."""
    moments = [SIX + timedelta(seconds=n) for n in range(4000)]
    limits = SampleLimits(control_share=0.25, per_minute=60)
    drawn = []
    for origin in (ORIGIN, replace(ORIGIN, boot="f" * 16), replace(ORIGIN, device="device-2")):
        one = Sampler(tmp_path, limits, origin, CLASSES)
        drawn.append([at for at in moments if one.wanted("cam-01", at, math.inf, outside=False)])
    assert drawn[0] == drawn[1] != drawn[2]
    assert 0.22 < len(drawn[0]) / len(moments) < 0.28
