"""Blocks of a tar taken apart: headers, long names and extended headers. Reads no file.

POSIX.1-2001 (pax) with the two GNU ways to write long names and large numbers; nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK_BYTES = 512

_CHECKSUM = slice(148, 156)
_RECORD = re.compile(rb"([1-9][0-9]{0,5}) ([^=\n]{1,256})=")


class HeaderError(Exception):
    """Why the rest of the tar cannot be told."""


@dataclass(frozen=True, slots=True)
class Header:
    """What one block says.

    Attributes:
        kind: the type flag.
        name: as written; bytes that are no UTF-8 are kept as lone surrogates.
        size: bytes that follow, from 0.
    """

    kind: bytes
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Extended:
    """What an extended header says about the next member; None where it says nothing."""

    name: str | None
    size: int | None
    fault: str


def header(block: bytes) -> Header:
    """Take a header block apart.

    Raises:
        HeaderError: its checksum does not fit, or a number is none.
    """
    blanked = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
    told, counted = _number(block[_CHECKSUM]), sum(blanked)
    if told != counted and told != counted - 256 * sum(byte > 127 for byte in blanked):
        raise HeaderError("no header of a tar stands here, or a damaged one; pack it again")
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
        name = f"{prefix}/{name}"
    return Header(block[156:157], name, _number(block[124:136]))


def long_name(content: bytes) -> str:
    """The name that a GNU long-name member holds."""
    return _text(content)


def extended(content: bytes) -> Extended:
    """Take the records of a pax header apart; of equal keys the last counts.

    Raises:
        HeaderError: a record is malformed.
    """
    said: dict[bytes, bytes] = {}
    at = 0
    while at < len(content):
        record = _RECORD.match(content, at)
        end = at + int(record[1]) if record else 0
        if record is None or end > len(content) or end <= record.end() or content[end - 1 : end] != b"\n":
            raise HeaderError("an extended header is malformed; pack it again")
        said[record[2]] = content[record.end() : end - 1]
        at = end
    size = said.get(b"size")
    if size is not None and not (size.isdigit() and len(size) <= 20):
        raise HeaderError("an extended header gives a size that is no number; pack it again")
    sparse = any(key.startswith(b"GNU.sparse") for key in said)
    return Extended(
        _decoded(said[b"path"]) if b"path" in said else None,
        None if size is None else int(size),
        "is a sparse file; pack it plainly" if sparse else "",
    )


def _number(field: bytes) -> int:
    """Octal digits, or after a byte of 0x80 a large number in base 256 (GNU)."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if not digits:
        return 0
    if not re.fullmatch(rb"[0-7]+", digits):
        raise HeaderError("a header holds a number that is none; pack it again")
    return int(digits, 8)


def _text(field: bytes) -> str:
    return _decoded(field.partition(b"\0")[0])


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
