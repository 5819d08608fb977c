"""A folder as a delivery: links that lead out and devices are refused, folders linked inside are not entered twice."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from detection.errors import SourceError
from detection.outside.deliveries.members import Member, accepted, hidden, shown
from detection.outside.deliveries.stock import Stock
from detection.rules.labels.intake.limits import Limits

_OUT = "is a link that leads out of the folder; put what it leads to there"


def stock(path: Path, limits: Limits) -> Stock:
    """List a folder.

    Raises:
        SourceError: it cannot be listed, or holds what is refused; all faults together.
    """
    members = accepted(str(path), _members(path), limits, packed_bytes=None)
    return Stock(str(path), members, lambda member: _read(path, member, limits))


def _members(root: Path) -> Iterator[Member]:
    home = root.resolve()
    for place, folders, names in os.walk(root, onerror=_unlisted):
        inside = Path(place).relative_to(root).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        folders[:] = sorted(name for name in folders if not hidden(name))
        for name in sorted(names):
            if not hidden(name):
                yield _member(home, f"{prefix}{name}")
        for name in folders:
            if _leads_out(home, home / f"{prefix}{name}"):
                yield Member(f"{prefix}{name}", 0, fault=_OUT)


def _member(home: Path, name: str) -> Member:
    path = home / name
    try:
        if _leads_out(home, path):
            return Member(name, 0, fault=_OUT)
        status = path.stat()
    except OSError as error:
        return Member(name, 0, fault=f"cannot be reached ({error.strerror or error}); mend it, or take it away")
    if not stat.S_ISREG(status.st_mode):
        return Member(name, 0, fault="is no plain file; take it away")
    return Member(name, status.st_size)


def _leads_out(home: Path, path: Path) -> bool:
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(home)


def _read(root: Path, member: Member, limits: Limits) -> bytes:
    try:
        with (root / member.name).open("rb") as stream:
            content = stream.read(limits.member_bytes + 1)
    except OSError as error:
        raise SourceError(
            f"{root}: {shown(member.name)} cannot be read ({error.strerror or error}); mend it, then rerun"
        ) from error
    if len(content) > limits.member_bytes:
        raise SourceError(f"{root}: {shown(member.name)} grew beyond {limits.member_bytes} bytes (limits.member_bytes)")
    return content


def _unlisted(error: OSError) -> None:
    raise SourceError(f"{error.filename}: cannot be listed ({error.strerror or error}); mend it, then rerun") from error
