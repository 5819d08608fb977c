"""What a delivery says it holds, and what of that is refused. Knows names and sizes, no bytes."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from detection.errors import SourceError
from detection.rules.labels.intake.limits import Limits

SHOWN_FAULTS = 20
HARMLESS_BYTES = 1_000_000
"""Up to here an archive may grow by any factor: a thousand empty label files pack very well."""

_DRIVE = re.compile(r"[A-Za-z]:")
_HIDDEN = (".", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a folder or archive.

    Attributes:
        name: as written there.
        size: bytes, unpacked.
        at: where whoever listed it finds its bytes.
        folder: it holds no bytes.
        fault: why it is refused whatever its name and size; ``""`` if it is not.
    """

    name: str
    size: int
    at: int = 0
    folder: bool = False
    fault: str = ""


def accepted(place: str, members: Iterable[Member], limits: Limits, packed_bytes: int | None) -> dict[str, Member]:
    """The files among ``members`` by their plain names, hidden ones left out.

    Args:
        place: what to call the delivery in a message.
        members: entries; an iterable that would go on for ever is left at the limit.
        limits: on number and sizes.
        packed_bytes: size of the archive; None for a folder, which does not grow.

    Raises:
        SourceError: with all faults.
    """
    seen = list(_first(members, limits.members + 1))
    faults = [fault for member in seen if (fault := _own_fault(member, limits))]
    found = [(posixpath.normpath(m.name), m) for m in seen if not (m.folder or m.fault)]
    faults += _collisions([name for name, _ in found], [posixpath.normpath(m.name) for m in seen if m.folder])
    faults += _whole_faults(seen, limits, packed_bytes)
    if faults:
        raise refused(place, faults)
    return {name: member for name, member in found if not hidden(name)}


def refused(place: str, faults: Sequence[str]) -> SourceError:
    """The refusal of a whole delivery, with its first faults."""
    more = [f"... and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
    headline = f"{place}: {len(faults)} fault(s); nothing of it is read: mend it, or raise the limit named"
    return SourceError(headline, [*faults[:SHOWN_FAULTS], *more])


def hidden(name: str) -> bool:
    """Whether a file is passed over, because of its own name or a folder's."""
    return any(part.startswith(_HIDDEN) for part in name.split("/"))


def shown(name: str) -> str:
    """A stranger's name as a message may hold it: quoted, printable, not long."""
    text = ascii(name) if not name.isprintable() else repr(name)
    return text if len(text) <= 120 else f"{text[:80]}...{text[-30:]}"


def name_fault(name: str) -> str:
    """Why a name leads elsewhere or cannot be shown; ``""`` for a plain one."""
    parts = name.split("/")
    reasons = {
        "is empty; name it": posixpath.normpath(name) == ".",
        "is absolute; write it relative": name.startswith("/"),
        "holds '..', which leads out; write it without": ".." in parts,
        "holds a backslash; write '/'": "\\" in name,
        "starts with a drive; write it relative": bool(_DRIVE.match(name)),
        "holds unprintable characters; rename it": not name.isprintable(),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _first(members: Iterable[Member], number: int) -> Iterator[Member]:
    for count, member in enumerate(members, start=1):
        yield member
        if count == number:
            return


def _own_fault(member: Member, limits: Limits) -> str:
    if member.folder and posixpath.normpath(member.name) == ".":
        return ""
    reason = member.fault or name_fault(member.name)
    if not reason and member.size > limits.member_bytes:
        reason = f"has {member.size} bytes; expected at most {limits.member_bytes} (limits.member_bytes)"
    return f"{shown(member.name)}: {reason}" if reason else ""


def _collisions(names: Sequence[str], folders: Sequence[str]) -> list[str]:
    """Names that stand twice, exactly or for a disk that knows no case or one Unicode form alone."""
    faults = []
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(_folded(name), name)
        if other is not name:
            told = "stands twice" if other == name else f"differs from {_spelled(other)} in case or Unicode form alone"
            faults.append(f"{_spelled(name)}: {told}; keep one, or rename it")
    return faults + _files_as_folders(first, folders)


def _spelled(name: str) -> str:
    """A name in which two Unicode forms of a letter look different."""
    return shown(name) if unicodedata.is_normalized("NFC", name) else ascii(name)[:120]


def _files_as_folders(first: Mapping[str, str], folders: Sequence[str]) -> list[str]:
    parents = {*folders, *(posixpath.dirname(name) for name in first.values())}
    above: set[str] = set()
    for parent in parents:
        while parent and parent not in above:
            above.add(parent)
            parent = posixpath.dirname(parent)
    both = sorted({first[key] for key in map(_folded, above) if key in first})
    return [f"{shown(name)}: is a file and a folder; rename one" for name in both]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _whole_faults(seen: Sequence[Member], limits: Limits, packed_bytes: int | None) -> list[str]:
    faults = []
    if len(seen) > limits.members:
        faults.append(f"holds more than {limits.members} files and folders (limits.members)")
    total = sum(member.size for member in seen)
    if total > limits.total_bytes:
        faults.append(f"holds {total} bytes; expected at most {limits.total_bytes} (limits.total_bytes)")
    if packed_bytes is not None and total > grown_bytes(packed_bytes, limits):
        faults.append(
            f"grows from {packed_bytes} to {total} bytes; expected at most {limits.expansion} times (limits.expansion)"
        )
    return faults


def grown_bytes(packed_bytes: int, limits: Limits) -> int:
    """How many bytes an archive of ``packed_bytes`` may hold."""
    return max(HARMLESS_BYTES, packed_bytes * limits.expansion)
