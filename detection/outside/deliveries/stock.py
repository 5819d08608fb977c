"""What a folder, a zip and a tar have in common once their members are known: files by name."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping

from detection.errors import SourceError
from detection.outside.deliveries.members import Member, shown


class Stock:
    """A delivery whose members were accepted; may be read by several threads."""

    def __init__(self, place: str, members: Mapping[str, Member], fetch: Callable[[Member], bytes]) -> None:
        """Take over accepted members.

        Args:
            place: what to call the delivery in a message.
            members: by plain name.
            fetch: gives a member's bytes, or raises SourceError.
        """
        self._place = place
        self._members = members
        self._fetch = fetch
        self._digest = ""

    @property
    def place(self) -> str:
        """The path of the folder or archive."""
        return self._place

    def listing(self, suffixes: frozenset[str]) -> list[str]:
        """Names of the files with one of these lower-case suffixes, sorted."""
        return sorted(name for name in self._members if posixpath.splitext(name)[1].lower() in suffixes)

    def holds(self, name: str) -> bool:
        """Whether a file of this name is there."""
        return name in self._members

    def read(self, name: str) -> bytes:
        """All bytes of one file.

        Raises:
            SourceError: no such file, or damaged.
        """
        member = self._members.get(name)
        if member is None:
            raise SourceError(f"{self._place}: holds no file {shown(name)}; add it, or mend the name")
        return self._fetch(member)

    def digest(self) -> str:
        """SHA-256 over name and SHA-256 of every file; a folder and an archive of the same files have the same."""
        if not self._digest:
            whole = hashlib.sha256()
            for name in sorted(self._members):
                own = hashlib.sha256(self._fetch(self._members[name])).hexdigest()
                whole.update(f"{name}\t{own}\n".encode())
            self._digest = whole.hexdigest()
        return self._digest
