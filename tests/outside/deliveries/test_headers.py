"""Blocks of a tar: numbers and records that are none end the reading; nothing hangs, nothing grows."""

from __future__ import annotations

import tarfile
from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.outside.deliveries.headers import Extended, Header, HeaderError, extended, header


def block(name: str = "a.txt", size: int = 5, kind: Literal[0, 1] = tarfile.GNU_FORMAT) -> bytes:
    made = tarfile.TarInfo(name)
    made.size = size
    return made.tobuf(kind)[-512:]


def sealed(raw: bytes) -> bytes:
    """The block with the checksum that fits it."""
    blanked = raw[:148] + b" " * 8 + raw[156:]
    return raw[:148] + b"%06o\0 " % sum(blanked) + raw[156:]


def test_name_kind_and_size_are_read() -> None:
    """Against what the standard library writes."""
    assert header(block()) == Header(b"0", "a.txt", 5)
    assert header(block("d" * 80 + "/" + "n" * 90, kind=tarfile.USTAR_FORMAT)).name == "d" * 80 + "/" + "n" * 90
    assert header(block(size=1 << 40)).size == 1 << 40


@pytest.mark.parametrize("field", [b"\xff" + b"\xff" * 11, b"-0000000001\0", b"0o7\0" + b"\0" * 8, b"9" * 11 + b"\0"])
def test_a_size_that_is_no_number_is_refused(field: bytes) -> None:
    """A negative one would send the reader back to where it came from, for ever."""
    raw = block()
    with pytest.raises(HeaderError, match="number"):
        header(sealed(raw[:124] + field + raw[136:]))


def test_a_checksum_that_does_not_fit_is_refused() -> None:
    """So one changed bit in a header is seen."""
    raw = bytearray(block())
    raw[3] ^= 1
    with pytest.raises(HeaderError, match="damaged"):
        header(bytes(raw))


def test_an_old_checksum_over_signed_bytes_fits_too() -> None:
    """Some early systems added bytes above 127 as negative numbers."""
    raw = block("gr\u00fcn")
    blanked = raw[:148] + b" " * 8 + raw[156:]
    signed = sum(blanked) - 256 * sum(byte > 127 for byte in blanked)
    assert header(raw[:148] + b"%06o\0 " % signed + raw[156:]).name == "gr\u00fcn"


def test_records_are_read_and_the_last_counts() -> None:
    """As POSIX says."""
    assert extended(b"10 path=a\n10 path=b\n11 size=99\n16 comment=x=y\nz\n"[:31]) == Extended("b", 99, "")
    assert extended(b"") == Extended(None, None, "")


@pytest.mark.parametrize(
    "content",
    [b"x", b"8 path=a\n", b"11 path=a\n", b"0 path=a\n", b"99 path=a\n", b"-1 a=b\n", b"10 path=ab", b"12 size=-99\n",
     b"5 a=\n\n", b"\xff\xff"],
)  # fmt: skip
def test_malformed_records_are_refused(content: bytes) -> None:
    """Lengths lead the reader: one that lies ends the reading."""
    with pytest.raises(HeaderError):
        extended(content)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 511), junk=st.binary(min_size=1, max_size=40), content=st.binary(max_size=100))
def test_no_damage_leaves_by_another_door(at: int, junk: bytes, content: bytes) -> None:
    """Whatever stands in a block, it is read or refused."""
    raw = (block()[:at] + junk + block()[at + len(junk) :])[:512]
    with suppress(HeaderError):
        assert header(sealed(raw)).size >= 0
    with suppress(HeaderError):
        extended(content)
