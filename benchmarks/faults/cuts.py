"""What a program asks of a disk, and every state that a power cut may leave of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

Tree = Mapping[str, bytes | None]
"""A folder's contents by path below it: a file's bytes, or None for a folder."""
Manner = Literal["all", "none", "half"]
"""How much of the bytes that were not synced is there."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was asked of the disk.

    Attributes:
        kind: of it.
        path: below the folder; ``.`` is the folder itself.
        file: the file's number, however it is called at the time; 0 for folders.
        content: what was written.
        other: the new path of what is renamed.
    """

    kind: Literal["create", "truncate", "write", "sync", "mkdir", "rename", "unlink", "rmdir", "sync folder"]
    path: str
    file: int = 0
    content: bytes = b""
    other: str = ""

    @property
    def of_folder(self) -> bool:
        """It changes names, not bytes."""
        return self.kind in ("create", "mkdir", "rename", "unlink", "rmdir")


class Recorder:
    """While it is entered, every change that Python's ``os`` makes below a folder is written down, and made."""

    def __init__(self, folder: Path) -> None:
        self.changes: list[Change] = []
        self._folder = folder
        self._numbers = numbers_of(read_tree(folder))
        self._count = len(self._numbers)
        self._opened: dict[int, str] = {}
        self._real: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> Recorder:
        """Listen from now on."""
        listening = {
            "open": self._on_open, "write": self._on_write, "fsync": self._on_fsync, "close": self._on_close,
            "rename": self._on_rename, "mkdir": self._on_mkdir, "unlink": self._on_unlink, "rmdir": self._on_rmdir,
        }  # fmt: skip
        for name, function in listening.items():
            self._real[name] = getattr(os, name)
            setattr(os, name, function)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        for name, function in self._real.items():
            setattr(os, name, function)

    def _below(self, path: object) -> str | None:
        text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
        if not isinstance(text, str) or not Path(text).is_relative_to(self._folder):
            return None
        return Path(text).relative_to(self._folder).as_posix()

    def _on_open(self, path: object, flags: int, *more: Any, **named: Any) -> int:
        name = self._below(path)
        fresh = name is not None and flags & os.O_CREAT and not os.path.lexists(self._folder / name)
        descriptor: int = self._real["open"](path, flags, *more, **named)
        self._opened.pop(descriptor, None)
        if name is None:
            return descriptor
        self._opened[descriptor] = name
        if fresh:
            self._count += 1
            self._numbers[name] = self._count
            self.changes.append(Change("create", name, self._count))
        elif flags & os.O_TRUNC:
            self.changes.append(Change("truncate", name, self._numbers[name]))
        return descriptor

    def _on_write(self, descriptor: int, content: bytes) -> int:
        count: int = self._real["write"](descriptor, content)
        if descriptor in self._opened:
            name = self._opened[descriptor]
            self.changes.append(Change("write", name, self._numbers[name], bytes(content[:count])))
        return count

    def _on_fsync(self, descriptor: int) -> None:
        self._real["fsync"](descriptor)
        name = self._opened.get(descriptor)
        if name is not None:
            number = self._numbers.get(name, 0)
            self.changes.append(Change("sync" if number else "sync folder", name, number))

    def _on_close(self, descriptor: int) -> None:
        self._opened.pop(descriptor, None)
        self._real["close"](descriptor)

    def _on_rename(self, path: object, other: object) -> None:
        self._real["rename"](path, other)
        name, target = self._below(path), self._below(other)
        if name is not None and target is not None:
            self.changes.append(Change("rename", name, other=target))
            self._numbers = dict(_moved(self._numbers, name, target))

    def _on_mkdir(self, path: object, *more: Any, **named: Any) -> None:
        self._real["mkdir"](path, *more, **named)
        self._removed_or_made("mkdir", path)

    def _on_unlink(self, path: object, **named: Any) -> None:
        self._real["unlink"](path, **named)
        self._removed_or_made("unlink", path)

    def _on_rmdir(self, path: object, **named: Any) -> None:
        self._real["rmdir"](path, **named)
        self._removed_or_made("rmdir", path)

    def _removed_or_made(self, kind: Literal["mkdir", "unlink", "rmdir"], path: object) -> None:
        name = self._below(path)
        if name is not None:
            self.changes.append(Change(kind, name))
            if kind != "mkdir":
                self._numbers.pop(name, None)


def states(before: Tree, changes: Sequence[Change]) -> Iterator[tuple[str, Tree]]:
    """Every different state after a cut, with what it is called.

    Args:
        before: what was there, all of it synced.
        changes: as they were recorded.
    """
    known: set[int] = set()
    for cut in range(len(changes) + 1):
        done = changes[:cut]
        names = [change for change in done if change.of_folder]
        for count in range(_lasting(done), len(names) + 1):
            for manner in ("all", "none", "half"):
                tree = _tree(before, done, names[:count], manner)
                mark = hash(frozenset(tree.items()))
                if mark not in known:
                    known.add(mark)
                    yield f"after change {cut}, {count} of {len(names)} names, {manner} of the unsynced bytes", tree


def read_tree(folder: Path) -> dict[str, bytes | None]:
    """What lies in a folder; nothing where there is none."""
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes() for path in found}


def write_tree(folder: Path, tree: Tree) -> None:
    """Make a folder that holds this and nothing else."""
    folder.mkdir()
    for name, content in sorted(tree.items()):
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)


def numbers_of(tree: Tree) -> dict[str, int]:
    """A number for each file of a tree."""
    return {name: n for n, name in enumerate(sorted(n for n, content in tree.items() if content is not None), 1)}


def _lasting(done: Sequence[Change]) -> int:
    """How many of the changes to names must be there: all up to the last one whose folder was synced after it."""
    lasting = 0
    pending: list[tuple[int, str]] = []
    for change in done:
        if change.of_folder:
            pending.append((len(pending) + 1, _parent(change.other or change.path)))
        elif change.kind == "sync folder":
            lasting = max([lasting, *(count for count, folder in pending if folder == change.path)])
    return lasting


def _tree(before: Tree, done: Sequence[Change], names: Sequence[Change], manner: Manner) -> Tree:
    numbers: dict[str, int] = {**dict.fromkeys(before, 0), **numbers_of(before)}
    synced = {number: before[name] or b"" for name, number in numbers.items() if number}
    written = dict(synced)
    for change in names:
        if change.kind in ("create", "mkdir"):
            numbers[change.path] = change.file
        elif change.kind == "rename":
            numbers = dict(_moved(numbers, change.path, change.other))
        else:
            numbers.pop(change.path, None)
    for change in done:
        if change.kind in ("create", "truncate"):
            written[change.file] = b""
        elif change.kind == "write":
            written[change.file] += change.content
        elif change.kind == "sync":
            synced[change.file] = written[change.file]
    return {
        name: _kept(synced.get(number, b""), written[number], manner) if number else None
        for name, number in numbers.items()
    }


def _kept(synced: bytes, written: bytes, manner: Manner) -> bytes:
    if manner == "all" or synced == written:
        return written
    if manner == "none":
        return synced
    kept = len(synced) if written.startswith(synced) else 0
    return written[: kept + (len(written) - kept + 1) // 2]


def _moved(numbers: Mapping[str, int], path: str, other: str) -> Iterator[tuple[str, int]]:
    """With one name, and all below it, changed; what had the new name before is gone."""
    for name, number in numbers.items():
        if name == path or name.startswith(path + "/"):
            yield other + name[len(path) :], number
        elif name != other and not name.startswith(other + "/"):
            yield name, number


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."
