"""A camera that is lost in every way; each is a real server. The long form is ``python -m benchmarks.faults``."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.faults import cameras
from detection.edge.health import Health, read_health
from detection.edge.sources.backoff import Backoff, Patience
from detection.edge.sources.camera import Camera
from detection.edge.sources.captures import open_rtsp, open_usb
from detection.edge.sources.items import Choice, Frame, Quiet
from detection.edge.sources.newest import Newest
from detection.errors import FrameError
from tests.examples_bundles import write_colour_bundle
from tests.examples_rtsp import Behaviour, RtspCamera, moving

ANY = Choice("gate", 1_000_000)


def test_waits_grow_to_a_limit_and_chance_takes_up_to_half_of_them() -> None:
    backoff = Backoff(Patience(first_s=1, longest_s=8), random.Random(1))
    waits = [backoff.next_s() for _ in range(200)]
    for wait, most in zip(waits, [1, 2, 4, *[8] * 197], strict=True):
        assert most / 2 <= wait <= most
    assert max(waits[3:]) - min(waits[3:]) > 3
    backoff.reset()
    assert backoff.next_s() <= 1


def test_the_newest_wins_and_memory_goes_round() -> None:
    slot: Newest[list[int]] = Newest()
    for number in range(5):
        spare = slot.spare()
        slot.offer([number] if spare is None else [*spare[:0], number])
    assert slot.take(0) == [4]
    assert slot.take(0) is None
    assert slot.dropped == 4


def test_a_camera_gives_its_pictures_and_says_when_they_were_taken() -> None:
    with RtspCamera(lambda number: Behaviour(width=128, height=96)) as server:
        camera = Camera(lambda: open_rtsp(server.address, 5.0), ANY, Patience())
        frame = next(item for item in camera.items() if isinstance(item, Frame))
        camera.close()
    expected = moving(0, 128, 96)
    assert frame.image.shape == expected.shape
    assert abs(float(frame.image.mean()) - float(expected.mean())) < 12
    assert frame.taken_at is not None
    assert frame.name.startswith("gate#")


def test_a_usb_camera_that_is_not_there_is_tried_again_and_stalls() -> None:
    patience = Patience(stall_s=0.2, answer_s=0.1, first_s=0.01, longest_s=0.02)
    camera = Camera(lambda: open_usb(Path("/dev/video987")), ANY, patience)
    state = ""
    for item in camera.items():
        assert isinstance(item, Quiet)
        state = item.state
        if state == "stalled":
            break
    camera.close()
    assert camera.reconnects > 3


def test_a_slow_loop_gets_new_pictures_and_the_others_are_counted() -> None:
    class Endless:
        """A camera that gives a thousand pictures a second, into the memory it is handed."""

        def __init__(self) -> None:
            self.count = 0

        def read(self, into: np.typing.NDArray[np.uint8] | None) -> np.typing.NDArray[np.uint8]:
            time.sleep(0.001)
            self.count += 1
            image = np.zeros((8, 8, 3), np.uint8) if into is None else into
            image[:] = self.count % 256
            return image

        def release(self) -> None:
            """Nothing is held."""

    endless = Endless()
    camera = Camera(lambda: endless, ANY, Patience())
    numbers, places = [], set()
    for item in camera.items():
        assert isinstance(item, Frame)
        numbers.append(int(item.name.split("#")[1]))
        places.add(item.image.ctypes.data)
        assert (item.image == numbers[-1] % 256).all()
        time.sleep(0.02)
        assert (item.image == numbers[-1] % 256).all()
        if len(numbers) == 10:
            break
    camera.close()
    assert camera.dropped >= numbers[-1] - numbers[0] - 9
    assert len(places) <= 3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_reader_that_broke_ends_the_run_instead_of_stalling_for_ever() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    camera = Camera(broken, ANY, Patience())
    with pytest.raises(FrameError, match="its reader ended"):
        list(camera.items())
    camera.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_every_loss_is_found_and_mended_in_the_short_form() -> None:
    rows = list(cameras.faults(short=True))
    assert len(rows) == 14
    assert [row for row in rows if not row.survived] == []


@pytest.mark.slow
def test_a_run_with_a_camera_beats_tells_a_stall_and_never_its_password(tmp_path: Path) -> None:
    bundle = write_colour_bundle(tmp_path / "bundle").folder
    health, address = tmp_path / "health.json", tmp_path / "address"
    with RtspCamera(lambda number: Behaviour("stall", frames=40), login="me:s3cret") as server:
        address.write_text(server.address)
        words = [sys.executable, "-I", str(bundle / "runtime.pyz"), "run", str(bundle), f"@{address}"]
        words += ["--health", str(health), "--camera", "gate", "--stall-s", "3"]
        running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        fresh = _wait_for(health, lambda beat: beat.frames > 0)
        stalled = _wait_for(health, lambda beat: beat.source == "stalled")
        running.terminate()
        answers, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert fresh.pid == stalled.pid == running.pid
    assert '"camera": "gate"' in answers.splitlines()[0]
    assert "no fresh picture" in said
    assert "s3cret" not in answers + said
    last = read_health(health)
    assert last is not None
    assert (last.source, last.frames) == ("ended", len(answers.splitlines()))


def _wait_for(path: Path, wanted: object) -> Health:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        beat = read_health(path)
        if beat is not None and wanted(beat):  # type: ignore[operator]
            return beat
        time.sleep(0.05)
    raise AssertionError(f"did not come: {read_health(path)}")
