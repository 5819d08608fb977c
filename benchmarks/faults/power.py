"""A power cut after each change to the disk, in every state that the disk may be in then; and a second one on recovery.

What the code asks of the disk is recorded. After a cut, bytes that were not synced are there, are not, or are there by
half; of the changes to folders an ordered beginning is there, at least up to the last that was synced.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

from benchmarks.faults import devices
from benchmarks.faults.cuts import Recorder, Tree, read_tree, states, write_tree
from benchmarks.faults.devices import EXPECTED, Scene
from benchmarks.faults.table import Fault
from detection.edge.__main__ import main
from detection.edge.installation import slots
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.slots import Root

_SECOND_CUTS = 8
_SAMPLED = 5


def faults(short: bool) -> Iterator[Fault]:
    """One for each different state of the disk; a sample with ``short``."""
    with devices.workplace() as folder:
        for scene in devices.scenes(folder):
            yield from _scene(scene, folder, short)


def _scene(scene: Scene, folder: Path, short: bool) -> Iterator[Fault]:
    root = devices.copied(scene, folder / "recorded")
    before = read_tree(root.folder)
    with (
        Recorder(root.folder) as recorder,
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        ended = main([*scene.words, *([scene.rooted] if scene.rooted else []), str(root.folder)])
    devices.gone(root)
    if ended not in (0, 2):
        raise RuntimeError(f"{scene.name}: does not work uninterrupted: status {ended}")
    found = list(states(before, recorder.changes))
    for name, tree in found[:: max(1, len(found) // _SAMPLED) if short else 1]:
        yield _fault(scene, folder, f"{scene.name}: power cut {name}", tree)
        yield from _second(scene, folder, f"{scene.name}: power cut {name}", tree, 2 if short else _SECOND_CUTS)


def _second(scene: Scene, folder: Path, name: str, tree: Tree, at_most: int) -> Iterator[Fault]:
    """Cuts while the device recovers from the first one, spread over the recovery."""
    root = Root(folder / "recovering")
    write_tree(root.folder, tree)
    with Recorder(root.folder) as recorder, contextlib.suppress(InstallationError):
        slots.recover(root)
    devices.gone(root)
    found = list(states(tree, recorder.changes))[1:]
    for again, cut in found[:: max(1, -(-len(found) // at_most))]:
        yield _fault(scene, folder, f"{name}; second cut {again}", cut)


def _fault(scene: Scene, folder: Path, name: str, tree: Tree) -> Fault:
    root = Root(folder / "cut")
    write_tree(root.folder, tree)
    seen = devices.after(scene, root)
    devices.gone(root)
    return Fault(name, EXPECTED, seen)
