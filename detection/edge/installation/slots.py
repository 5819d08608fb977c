"""A device's folder: two slots, one state file, and how both are made right again after any interruption.

``ROOT/state.json`` says what is true. ``ROOT/slots/a`` and ``ROOT/slots/b`` hold a bundle and its environment each.
What lies in a slot that the state calls empty was left by an interruption and is removed at the next start.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from detection.edge.installation import disk, state
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.state import SLOTS, Installed, Slot, State
from detection.errors import BundleError


@dataclass(frozen=True, slots=True)
class Root:
    """Where things lie on a device.

    Attributes:
        folder: the root folder; must be absolute, so that a service may start anywhere.
    """

    folder: Path

    @property
    def state(self) -> Path:
        """The one truth."""
        return self.folder / state.NAME

    @property
    def trust(self) -> Path:
        """Whose signatures count."""
        return self.folder / "trust"

    @property
    def config(self) -> Path:
        """What the supervisor starts, said by the device's owner."""
        return self.folder / "config.json"

    @property
    def health(self) -> Path:
        """What the running program says of itself."""
        return self.folder / "health.json"

    @property
    def history(self) -> Path:
        """What happened, a line each."""
        return self.folder / "history.jsonl"

    @property
    def supervisor(self) -> Path:
        """The program that starts and watches the others: of a version that was kept."""
        return self.folder / "supervisor.pyz"

    def slot(self, name: Slot) -> Path:
        """One slot's folder."""
        return self.folder / "slots" / name

    def bundle(self, name: Slot) -> Path:
        """The bundle in a slot."""
        return self.slot(name) / "bundle"

    def python(self, name: Slot, of: Installed) -> Path:
        """The interpreter of a slot."""
        return self.slot(name) / of.python


@contextmanager
def held(root: Root, name: str, wait: bool = True) -> Iterator[bool]:
    """Hold one of the device's locks; it is free again when this process ends, however it ends.

    Args:
        root: the device's folder.
        name: ``state`` (for one change), ``installing`` or ``supervisor``.
        wait: for whoever holds it.

    Yields:
        Whether it is held; always true with ``wait``.

    Raises:
        InstallationError: the disk refused.
    """
    path = _lock(root, name)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _refused(path, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        # Said aloud, for a child that is being started may hold a copy of the descriptor for a moment.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def is_held(root: Root, name: str) -> bool:
    """Whether some process holds a lock; makes no file, so anybody may ask."""
    try:
        descriptor = os.open(_lock(root, name), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def prepare(root: Root) -> None:
    """Make the folders of a device that has none.

    Raises:
        InstallationError: the disk refused.
    """
    try:
        root.folder.mkdir(parents=True, exist_ok=True)
        disk.make_folder(root.folder / "slots")
        for name in SLOTS:
            disk.make_folder(root.slot(name))
    except OSError as error:
        raise _refused(root.folder, error) from error


def read(root: Root) -> State:
    """What is true.

    Raises:
        InstallationError: no state can be read; a device in which nothing was installed gives an empty one.
    """
    try:
        return State.from_bytes(root.state.read_bytes())
    except FileNotFoundError:
        return State()
    except OSError as error:
        raise _refused(root.state, error) from error
    except BundleError as error:
        raise InstallationError(
            f"{root.state}: {error.headline}; restore it from a copy; or remove it, which "
            "forgets what was installed, and install anew"
        ) from error


def change(root: Root, step: Callable[[State], State]) -> State:
    """Take one step: read, change, write by one rename; nobody else takes one meanwhile.

    Args:
        root: the device's folder.
        step: gives the next state; may refuse.

    Returns:
        What is true now.

    Raises:
        InstallationError: the step refused, or the disk did; then the old state stands.
    """
    try:
        with held(root, "state"):
            found = read(root)
            following = step(found)
            if following != found:
                disk.write(root.state, following.to_bytes())
            return following
    except OSError as error:
        raise _refused(root.state, error) from error


def recover(root: Root) -> State:
    """Remove what an interruption left; nothing that the state names is touched.

    While an installation goes on in another process, its slot is left alone.

    Raises:
        InstallationError: the disk refused.
    """
    prepare(root)
    with held(root, "installing", wait=False) as alone:
        return clean(root) if alone else read(root)


def clean(root: Root) -> State:
    """What :func:`recover` does, for whoever holds ``installing`` already."""
    found = read(root)
    try:
        for name in SLOTS:
            if found.slots[name] is None:
                _empty(root.slot(name))
        with held(root, "state"):
            for path in (root.state, root.supervisor, root.trust, root.config):
                disk.remove(path.with_name(path.name + disk.TEMPORARY))
    except OSError as error:
        raise _refused(root.folder, error) from error
    return found


def _lock(root: Root, name: str) -> Path:
    return root.folder / f".{name}.lock"


def _empty(folder: Path) -> None:
    left = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in left:
        disk.remove(path)
    if left:
        disk.sync_folder(folder)


def _refused(path: Path, error: OSError) -> InstallationError:
    return InstallationError(f"{path}: the disk refused ({error.strerror or error}); free space or mend it, call again")
