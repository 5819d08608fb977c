"""Brush strokes, packed here by other code from the description of the packing, and unpacked."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from detection.outside.formats.reading.label_studio import brushes

SIDES = st.tuples(st.integers(1, 9), st.integers(1, 9))
MASKS = arrays.arrays(np.uint8, SIDES, elements=st.sampled_from([0, 0, 0, 255]))


def packed(mask: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], literal: bool) -> list[int]:
    """Pack a mask ``(h, w)``: runs of up to 256 values, repeated or, if ``literal``, each written out."""
    values = np.repeat(mask.reshape(-1), 4).tolist()
    bits = f"{len(values):032b}{7:05b}{2:04b}{3:04b}{4:04b}{7:04b}"
    for value, group in groupby(values):
        left = len(list(group))
        while left:
            length = min(left, 256)
            bits += f"{int(not literal)}{3:02b}{length - 1:08b}" + f"{value:08b}" * (length if literal else 1)
            left -= length
    bits += "0" * (-len(bits) % 8)
    return [int(bits[n : n + 8], 2) for n in range(0, len(bits), 8)]


@settings(max_examples=60, deadline=None)
@given(MASKS, st.booleans())
def test_the_box_is_the_one_around_what_is_painted(
    mask: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], literal: bool
) -> None:
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    wanted = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1] if len(rows) else None
    assert brushes.around(packed(mask, literal), width, height) == wanted


@pytest.mark.parametrize(
    ("rle", "words"),
    [
        ([], "too early"),
        (["a"], "no byte"),
        ([300], "no byte"),
        ([0, 0, 0, 9], "has 9 bytes"),
        ([255] * 4, "bytes; expected"),
    ],
)
def test_a_damaged_stroke_is_told(rle: list[object], words: str) -> None:
    """Also one that promises gigabytes: nothing is made of its size."""
    with pytest.raises(ValueError, match=words):
        brushes.around(rle, 4, 4)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40))
def test_noise_is_a_box_or_a_fault(noise: bytes) -> None:
    head = list((4 * 4 * 4).to_bytes(4, "big"))
    try:
        found = brushes.around([*head, *noise], 4, 4)
    except ValueError:
        return
    assert found is None or (0 <= found[0] < found[2] <= 4 and 0 <= found[1] < found[3] <= 4)
