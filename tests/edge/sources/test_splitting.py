"""A stream cut into pictures, whatever its pieces and whatever lies between."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.sources import splitting
from detection.edge.sources.splitting import Split, Splitter
from tests.examples_bundles import jpeg, picture, png

PICTURES = [jpeg(picture(1)), png(picture(2)), jpeg(picture(3, 200, 150)), png(picture(4, 9, 9))]


def split(stream: bytes, piece: int) -> list[Split]:
    splitter = Splitter()
    found = [one for at in range(0, len(stream), piece) for one in splitter.feed(stream[at : at + piece])]
    return [*found, *splitter.end()]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000, 1 << 20])
def test_pictures_come_out_byte_for_byte_whatever_the_pieces(piece: int) -> None:
    assert [one.content for one in split(b"".join(PICTURES), piece)] == PICTURES


def test_a_picture_inside_a_picture_is_not_cut_out() -> None:
    """Cameras put a thumbnail, a whole JPEG, into the header of the large one."""
    small, large = jpeg(picture(1, 16, 16)), jpeg(picture(2))
    exif = b"\xff\xe1" + (len(small) + 2).to_bytes(2, "big") + small
    both = large[:2] + exif + large[2:]
    assert [one.content for one in split(both + large, 50)] == [both, large]


@pytest.mark.parametrize("piece", [1, 64, 1 << 20])
def test_what_lies_between_is_counted_and_skipped(piece: int) -> None:
    found = split(b"noise" + PICTURES[0] + b"\xff\xd8noise" + PICTURES[1], piece)
    assert [one.content for one in found if not one.fault] == PICTURES[:2]
    assert sum(int(one.fault.split()[0]) for one in found if one.fault) == 5 + 7


def test_a_stream_that_ends_inside_a_picture_says_so() -> None:
    found = split(PICTURES[0] + PICTURES[1][:-1], 100)
    assert found[0].content == PICTURES[0]
    assert found[1].fault.startswith(f"{len(PICTURES[1]) - 1} bytes are no whole JPEG or PNG")


def test_a_jpeg_that_was_cut_short_does_not_swallow_the_next() -> None:
    cut = PICTURES[0][:-50]
    found = split(cut + PICTURES[2] + PICTURES[1], 64)
    assert [one.content for one in found if not one.fault] == [PICTURES[2], PICTURES[1]]
    assert sum(int(one.fault.split()[0]) for one in found if one.fault) == len(cut)


def test_an_empty_stream_holds_nothing() -> None:
    assert split(b"", 1) == []


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff\xe0\x00\x02", b"\x89PNG\r\n\x1a\n\x7f\xff\xff\xffIDAT"], ids=["jpeg", "png"]
)
def test_a_picture_without_end_does_not_eat_the_memory(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "FILE_MAXIMUM_BYTES", 10_000)
    splitter, found = Splitter(), []
    for piece in [head, *[bytes(1000)] * 50, PICTURES[0]]:
        found += list(splitter.feed(piece))
        assert len(splitter._held) < 12_000
    assert found[-1].content == PICTURES[0]


def test_noise_never_breaks_the_splitter() -> None:
    dice = np.random.default_rng(3)
    for _ in range(200):
        noise = bytearray(b"".join(PICTURES))
        for at in dice.integers(0, len(noise), 30):
            noise[at] = int(dice.integers(0, 256))
        found = split(bytes(noise), int(dice.integers(1, 4000)))
        told = sum(len(one.content) for one in found) + sum(int(one.fault.split()[0]) for one in found if one.fault)
        assert told == len(noise)
