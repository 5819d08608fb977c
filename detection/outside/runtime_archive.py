r"""The device's program as one file: ``errors`` and ``edge`` in a zip that Python runs. Same sources, same bytes.

Names are sorted, dates and permissions fixed, nothing is compressed (a compressor's version would show) and line ends
are ``\n``; the standard library's ``zipapp`` keeps dates and folder order, so its archives differ from copy to copy.
Comments, docstrings and three of four spaces of every indent stay at home: near half of the bytes, read and compiled at
every start. Lines keep their numbers, so a traceback from a device points into our sources.
"""

from __future__ import annotations

import io
import sys
import token
import tokenize
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import detection
from detection.edge.__main__ import main
from detection.errors import BundleError, EnvironmentMissingError

NAME = "runtime.pyz"
DEVICE_ENVIRONMENT = ".venv-edge"
"""The environment that has what a device has, and nothing else."""

_START = f"from {main.__module__} import main\n\nraise SystemExit(main())\n".encode()
_ROOT = b'"""What boards the device."""\n'
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_PLAIN_FILE = 0o100644
_INDENT = 4
"""Spaces, in our sources."""
_BETWEEN_STATEMENTS = (token.ENCODING, token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.COMMENT)
"""Before a string that begins a statement stands one of these."""


class Member(NamedTuple):
    """One file of the archive."""

    name: str
    content: bytes


def pack(package: Path | None = None) -> bytes:
    """The archive's bytes.

    Args:
        package: folder of the package ``detection``; the one that is running with None.

    Raises:
        BundleError: the folder is not the package.
    """
    folder = package or Path(detection.__file__).parent
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for member in sorted(_members(folder)):
            entry = zipfile.ZipInfo(member.name, _FIRST_DATE)
            entry.create_system = _UNIX
            entry.external_attr = _PLAIN_FILE << 16
            archive.writestr(entry, member.content)
    return buffer.getvalue()


def device_python() -> Path:
    """The interpreter of the bare environment, made from the device's requirements alone.

    It stands beside the package, or beside the environment that is running where the package is a copy elsewhere.

    Raises:
        EnvironmentMissingError: nobody has made it.
    """
    places = (Path(detection.__file__).parents[1], Path(sys.prefix).parent)
    for place in places:
        python = place / DEVICE_ENVIRONMENT / "bin" / "python"
        if python.is_file():
            return python
    raise EnvironmentMissingError(
        f"{places[0] / DEVICE_ENVIRONMENT}: is missing; expected an environment of requirements/edge.txt; "
        "run `make environment`"
    )


def _members(folder: Path) -> Iterator[Member]:
    sources = [folder / "errors.py", *(folder / "edge").rglob("*.py")]
    if not (folder / "edge" / "__main__.py").is_file() or not sources[0].is_file():
        raise BundleError(f"{folder}: is not the package `detection`; install it anew")
    yield Member("__main__.py", _START)
    yield Member("detection/__init__.py", _ROOT)
    for source in sources:
        content = bare(source.read_bytes().replace(b"\r\n", b"\n"))
        yield Member(f"detection/{source.relative_to(folder).as_posix()}", content)


def bare(source: bytes) -> bytes:
    """The same program without comments and docstrings, one space an indent; what is left stands on its own line.

    A string that is a statement of its own becomes an empty one, so that no body is left without a statement.
    """
    tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    lines = source.decode().split("\n")
    for before, one, after in reversed(list(zip(tokens, tokens[1:], tokens[2:], strict=False))):
        (top, left), (bottom, right) = one.start, one.end
        if one.type == token.COMMENT:
            lines[top - 1] = lines[top - 1][:left].rstrip()
        elif one.type == token.STRING and before.type in _BETWEEN_STATEMENTS and after.type == token.NEWLINE:
            lines[top - 1] = lines[top - 1][:left] + '""' + lines[bottom - 1][right:]
            lines[top:bottom] = [""] * (bottom - top)
    told = set(_within_strings(tokens))
    return "\n".join(line if row in told else _drawn_in(line) for row, line in enumerate(lines, start=1)).encode()


def _within_strings(tokens: Sequence[tokenize.TokenInfo]) -> Iterator[int]:
    """Rows that begin inside a string: their spaces are part of it."""
    opened: list[int] = []
    for one in tokens:
        kind = token.tok_name[one.type]
        if kind == "FSTRING_START":  # Python 3.12 and on: a string of several tokens
            opened.append(one.start[0])
        elif kind == "FSTRING_END":
            yield from range(opened.pop() + 1, one.end[0] + 1)
        elif kind == "STRING":
            yield from range(one.start[0] + 1, one.end[0] + 1)


def _drawn_in(line: str) -> str:
    code = line.lstrip(" ")
    return " " * ((len(line) - len(code)) // _INDENT) + code
