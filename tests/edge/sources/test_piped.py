"""Pictures through a pipe: every one of a recording, the newest of a camera."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from detection.edge.sources.items import Choice, Frame, Quiet, Unreadable
from detection.edge.sources.piped import LivePiped, Piped
from detection.edge.vision.frames import read_image
from tests.examples_bundles import jpeg, picture, png

ANY = Choice("belt", 1_000_000)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def test_every_frame_of_a_pipe_is_given_in_order_by_number(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.write(write, png(picture(1)) + jpeg(picture(2))[:700] + jpeg(picture(3)))
    os.close(write)
    found = list(Piped(read, ANY).items())
    assert [type(item) for item in found] == [Frame, Unreadable, Frame]
    assert isinstance(found[2], Frame)
    assert (found[2].name, found[2].camera) == ("belt#000002", "belt")
    assert np.array_equal(found[2].image, read_image(jpeg(picture(3))))


def test_a_picture_of_too_many_pixels_is_refused(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.write(write, png(picture(1)))
    os.close(write)
    (found,) = Piped(read, Choice("belt", 4000)).items()
    assert isinstance(found, Unreadable)
    assert "claims 80 x 60 pixels" in found.reason


def test_a_pipe_that_says_nothing_is_waited_for_and_told(pipe: tuple[int, int]) -> None:
    assert next(Piped(pipe[0], ANY).items()) == Quiet("waiting")


def test_of_a_live_pipe_the_newest_is_given_and_the_others_are_counted(pipe: tuple[int, int]) -> None:
    read, write = pipe
    source = LivePiped(read, ANY)
    items = source.items()
    writing = threading.Thread(target=lambda: [os.write(write, png(picture(seed))) for seed in range(9)])
    writing.start()
    writing.join()
    first = next(item for item in items if isinstance(item, Frame))
    os.close(write)
    given = 1 + sum(isinstance(item, Frame) for item in items)
    assert first.image.shape == (60, 80, 3)
    assert given + source.dropped == 9
    assert source.live


def test_the_last_frame_before_the_end_is_not_lost(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.write(write, png(picture(1)) + png(picture(2)))
    os.close(write)
    items = LivePiped(read, ANY).items()
    time.sleep(0.1)
    (frame,) = [item for item in items if isinstance(item, Frame)][-1:]
    assert np.array_equal(frame.image, picture(2))
