"""What is interrupted: a folder before, a command, and the versions that may be live after it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from detection.edge.installation import slots
from detection.edge.installation.disk import TEMPORARY, InstallationError
from detection.edge.installation.installing import Request, install
from detection.edge.installation.slots import Root
from detection.edge.installation.state import SLOTS, State
from detection.edge.trust.verify import verified
from detection.errors import BundleError
from tests.examples_devices import AT_ONCE, stub_python, write_release, write_trust

CHECKOUT = Path(__file__).resolve().parents[2]
EXPECTED = "the old or the new version runs; installed again, the new one runs"
_START = (
    f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); from detection.edge.__main__ import main; sys.exit(main())"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that can be interrupted.

    Attributes:
        name: for the table.
        before: the device's folder as it is before; None is an empty one.
        words: of the command, without the device's folder.
        rooted: how the command names the folder.
        allowed: digests of versions that may be live afterwards; None stands for no version.
        parts: the bundles, the trust and the stub.
    """

    name: str
    before: Path | None
    words: tuple[str, ...]
    rooted: str
    allowed: tuple[str | None, ...]
    parts: Parts

    def command(self, root: Path) -> list[str]:
        """The command as a process of its own: the sources of the runtime, the standard library, nothing else."""
        named = [str(root)] if self.rooted == "" else [self.rooted, str(root)]
        return [sys.executable, "-I", "-S", "-c", _START, *self.words, *named]


@dataclass(frozen=True, slots=True)
class Parts:
    """What an installation needs."""

    one: Path
    two: Path
    three: Path
    watched: Path
    trust: Path
    stub: Path
    dying: Path


def scenes(folder: Path) -> list[Scene]:
    """A first installation, a second one, one that goes back by itself, and a rollback by hand.

    The children of the installer are stubs: what they do is tested elsewhere, and they write nothing in the device.
    """
    parts = _parts(folder)
    digests = [verified(bundle).digest for bundle in (parts.one, parts.two, parts.three, parts.watched)]
    first, second = folder / "first", folder / "second"
    for root, bundles in ((first, [parts.one]), (second, [parts.one, parts.two])):
        for bundle in bundles:
            _installed(Root(root), bundle, parts)
    words = ("install", "--trust", str(parts.trust), "--environment")
    return [
        Scene(
            "first installation", None, (*words, str(parts.stub), str(parts.one)), "--root", (None, digests[0]), parts
        ),
        Scene(
            "second installation", second, (*words, str(parts.stub), str(parts.three)), "--root",
            (digests[1], digests[2]), parts,
        ),
        Scene(
            "installation that goes back", second, (*words, str(parts.dying), str(parts.watched)), "--root",
            (digests[1], digests[3]), parts,
        ),
        Scene("rollback", second, ("rollback", "--reason", "it is worse"), "", (digests[0], digests[1]), parts),
    ]  # fmt: skip


def copied(scene: Scene, root: Path) -> Root:
    """A device as it is before."""
    if scene.before is None:
        root.mkdir()
    else:
        shutil.copytree(scene.before, root, symlinks=True)
    return Root(root)


def after(scene: Scene, root: Root) -> str:
    """Start the device again after an interruption, look, and install once more.

    Returns:
        :data:`EXPECTED`, or what is wrong.
    """
    try:
        said = _sound(scene, slots.recover(root), root)
        if said != "":
            return said
        found = install(
            root, Request(scene.parts.three, scene.parts.trust, python=scene.parts.stub, again=True), _quiet
        )
    except (BundleError, InstallationError) as error:
        return f"refused: {error}"
    except OSError as error:
        return f"crashed: {error!r}"
    digest = verified(scene.parts.three).digest
    if (
        found.running is None
        or found.running.digest != digest
        or verified(root.bundle(found.live or "a")).digest != digest
    ):
        return "installed again, it is not live"
    return EXPECTED


def _sound(scene: Scene, found: State, root: Root) -> str:
    digest = None if found.running is None else found.running.digest
    if digest not in scene.allowed:
        return f"a third version is live: {digest}"
    for slot in SLOTS:
        held = found.slots[slot]
        if held is None and any(root.slot(slot).iterdir()):
            return f"slot {slot} holds leftovers"
        if held is not None and verified(root.bundle(slot)).digest != held.digest:
            return f"slot {slot} holds another version than the state says"
    if any(path.name.endswith(TEMPORARY) for path in root.folder.iterdir()):
        return "an unfinished file is left"
    if found.trial is not None:
        slots.change(root, State.kept)
    return ""


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder in memory where there is one: what is tested here does not depend on the disk."""
    memory = Path("/dev/shm")  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run to its end, however it ends."""
    return subprocess.run(words, capture_output=True, text=True, errors="replace", check=False, timeout=120)


def _parts(folder: Path) -> Parts:
    made = [folder / "one", folder / "two", folder / "three", folder / "watched"]
    for counter, bundle in zip((1, 2, 3, 3), made, strict=True):
        watch = replace(AT_ONCE, starts_maximum=1, window_s=float(bundle.name == "watched"))
        write_release(bundle, counter, watch, changed={"runtime.pyz": b"PK\x05\x06" + bytes(18)})
    dying = folder / "dying"
    dying.write_text('#!/bin/sh\nfor word in "$@"; do [ "$word" = run ] && exit 1; done\nexit 0\n')
    dying.chmod(0o755)
    return Parts(made[0], made[1], made[2], made[3], write_trust(folder / "trust"), stub_python(folder / "stub"), dying)


def _installed(root: Root, bundle: Path, parts: Parts) -> None:
    install(root, Request(bundle, parts.trust, python=parts.stub), _quiet)
    slots.change(root, State.kept)


def _quiet(line: str) -> None:
    """Nobody listens."""


def gone(root: Root) -> None:
    """Make room."""
    shutil.rmtree(root.folder, ignore_errors=True)
