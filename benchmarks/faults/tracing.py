"""Interrupting a program at its n-th system call of a kind, by ``strace``."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from detection.errors import EnvironmentMissingError

_CALLS = (
    "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,rmdir,ftruncate,"
    "link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,copy_file_range,sendfile"
)
_LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)$")


@dataclass(frozen=True, slots=True)
class Point:
    """A system call: the n-th of its kind, counted from 1, and what it does."""

    call: str
    number: int
    what: str


def program() -> str:
    """Where ``strace`` is.

    Raises:
        EnvironmentMissingError: nowhere.
    """
    found = shutil.which("strace")
    if found is None:
        raise EnvironmentMissingError("strace is missing, which plants faults at system calls; install it")
    return found


def recording(words: list[str], log: Path) -> list[str]:
    """The command that runs ``words`` and writes down what :func:`points` reads."""
    return [program(), "-qq", "-y", "-s", "0", "-o", str(log), "-e", f"trace={_CALLS}", *words]


def points(log: Path, folder: Path) -> list[Point]:
    """Every call that changes something below a folder, in order."""
    counted: dict[str, int] = {}
    found = []
    for line in log.read_text(errors="replace").splitlines():
        matched = _LINE.match(line)
        if matched is None:
            continue
        call, rest = matched.groups()
        counted[call] = counted.get(call, 0) + 1
        writes = call != "openat" or "O_WRONLY" in rest or "O_RDWR" in rest or "O_CREAT" in rest
        if writes and str(folder) in rest:
            found.append(Point(call, counted[call], _short(rest, folder)))
    return found


def interrupted(words: list[str], point: Point, how: str) -> list[str]:
    """The command that runs ``words`` and does ``how`` (``signal=SIGKILL``, ``error=EIO``) at one call."""
    inject = f"inject={point.call}:{how}:when={point.number}"
    return [program(), "-qq", "-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject, *words]


def _short(rest: str, folder: Path) -> str:
    names = re.findall(re.escape(str(folder)) + r"/?([^\"<>,]*)", rest)
    return names[-1] or "." if names else "?"
