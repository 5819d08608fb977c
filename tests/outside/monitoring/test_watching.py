"""Telemetry, samples and a bundle become a page: whole, worst first, and deaf to what strangers wrote into it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser

from detection.edge.boxes import Detections
from detection.edge.guard.sampler import SampleLimits, Sampler
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.samples import Sample
from detection.edge.trust.bundle import Bundle
from detection.outside import html
from detection.outside.monitoring.watching import Question, watched
from detection.rules.evidence.field.fleet import State
from detection.rules.evidence.field.page import Watched, page
from tests import examples_monitor
from tests.examples_field import START, Field, World, write_telemetry, write_watched_bundle
from tests.examples_models import CLASSES

HOSTILE = "<script>window.ran=1</script><img src=x onerror=window.ran=1>'\""


def write_samples(folder: Path, bundle: Bundle) -> Path:
    """Two frames of a camera with a hostile name: one for its low margin, one of the blind control sample."""
    origin = Origin("device-1", bundle.digest, "fp32", "0" * 16)
    sampler = Sampler(folder, SampleLimits(), origin, CLASSES)
    box = np.array([[2, 2, 20, 20]], np.float32)
    score = np.full(1, 0.52, np.float32)
    found = Detections(box, np.zeros(1, np.int64), score, score)
    for number, reason in enumerate(("low-margin", "control")):
        image = np.full((24, 32, 3), 60 + number, np.uint8)
        content = cv2.imencode(".png", image)[1].tobytes()

        def told(file: str, reason: str = reason) -> Sample:
            moment = "2026-06-01T09:00:00.000Z"
            return Sample(origin, HOSTILE, file, HOSTILE, moment, 32, 24, (reason,), ("camera:covered",), found)

        assert sampler.keep(told, image, content, START + timedelta(minutes=number))
    return folder


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A dark camera with a hostile name beside a sound one."""
    folder = tmp_path_factory.mktemp("field")
    bundle = write_watched_bundle(folder / "bundle", cameras=("cam-00", HOSTILE))
    fields = [Field("cam-00", World(), frames_per_hour=600), Field(HOSTILE, World(brightness=60))]
    telemetry = write_telemetry(folder / "telemetry", bundle, fields)
    return watched(Question(telemetry, bundle, samples=write_samples(folder / "samples", bundle)))


def test_the_camera_that_changed_stands_first_and_alone_in_alarm(seen: Watched) -> None:
    states = seen.states()
    assert [one.camera for one in states if one.state is State.ALARM] == [HOSTILE]
    assert states[0].camera == HOSTILE


def test_every_frame_of_the_telemetry_is_counted(seen: Watched) -> None:
    assert {one.camera: one.counters.frames for one in seen.health} == {"cam-00": 1800, HOSTILE: 360}
    assert sum(int(counts.sum()) for counts in seen.counted["cam-00"].field.values()) > 1800


def test_histograms_have_the_baseline_of_their_own_camera(seen: Watched) -> None:
    """Twenty scenes of ten frames each."""
    assert int(seen.counted[HOSTILE].reference["brightness"].sum()) == 200


def test_trust_says_that_no_labels_came_back(seen: Watched) -> None:
    [fleet] = [score for score in seen.trust if not score.camera]
    assert fleet.known_share < 1
    assert {one.kept.value for one in seen.objectives} == {"not enough data"}


def test_of_the_blind_control_sample_no_picture_travels(seen: Watched) -> None:
    shown = {reason: bool(one.picture) for one in seen.samples for reason in one.reasons}
    assert shown == {"low-margin": True, "control": False}
    assert all(len(one.frame) == len(hashlib.sha256().hexdigest()) for one in seen.samples)


@pytest.mark.slow
@pytest.mark.browser
def test_script_that_a_device_sent_never_runs(browser: Browser, tmp_path: Path, seen: Watched) -> None:
    """A camera's name, a frame's name: whoever has a device's key chooses them."""
    (tmp_path / "monitor.html").write_text(html.page(page(seen)), encoding="utf-8")
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((tmp_path / "monitor.html").as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => {one.open = true})")
    assert tab.evaluate("window.ran") is None
    assert tab.locator("script").count() == 0
    assert tab.locator("td", has_text="<script>window.ran=1</script>").count() > 0
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}


@pytest.mark.slow
@pytest.mark.browser
def test_a_thousand_cameras_fit_a_desk_and_a_pocket(browser: Browser, tmp_path: Path) -> None:
    kinds = [(f"cam-{number:04d}", "alarm" if number % 90 == 7 else "quiet") for number in range(1000)]
    made = html.page(page(examples_monitor.watched(kinds)))
    assert len(made) < 5_000_000
    (tmp_path / "monitor.html").write_text(made, encoding="utf-8")
    tab = browser.new_page(viewport={"width": 360, "height": 800})
    tab.goto((tmp_path / "monitor.html").as_uri())
    assert tab.locator(".tiles li").count() == 1000
    for width in (360, 768, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.locator(".tiles a").first.click()
    assert tab.locator("details[open] svg").first.is_visible()
