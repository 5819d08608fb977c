"""What is started in a slot: the bundle's program, its variant, the device's source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from detection.edge.installation import config
from detection.edge.installation.engine import engine_of
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Installed, Slot, State
from detection.edge.trust import manifest as manifests
from detection.edge.trust.manifest import Manifest, Target
from detection.edge.trust.statement import RUNTIME
from detection.edge.trust.verify import plain_bytes
from detection.errors import BundleError

_GOLDEN = "golden"
"""The bundle's own pictures: what a trial looks at where the device has no source yet."""


@dataclass(frozen=True, slots=True)
class Live:
    """What runs."""

    slot: Slot
    installed: Installed


def live_of(found: State) -> Live | None:
    """What is to run; None where nothing is installed."""
    running = found.running
    return None if found.live is None or running is None else Live(found.live, running)


def manifest_of(root: Root, live: Live) -> Manifest:
    """The manifest in a slot.

    Raises:
        OSError: it cannot be read.
        BundleError: it is damaged, or of another version than was installed here, however well that is signed.
    """
    content = plain_bytes(root.bundle(live.slot) / manifests.NAME, manifests.MAXIMUM_BYTES)
    if hashlib.sha256(content).hexdigest() != live.installed.digest:
        raise BundleError(
            f"slot {live.slot}: holds another bundle than {live.installed.name} {live.installed.counter}; "
            "roll back, or install it again"
        )
    return Manifest.from_bytes(content)


def target_of(manifest: Manifest, live: Live) -> Target:
    """The target as which a version was installed.

    Raises:
        BundleError: the bundle has none of that name.
    """
    found = [target for target in manifest.targets if target.id == live.installed.target]
    if not found:
        raise BundleError(f"{manifests.NAME}: has no target {live.installed.target!r}; install the bundle again")
    return found[0]


def words_of(root: Root, live: Live, manifest: Manifest, on_trial: bool) -> list[str] | None:
    """The command; None where the device has no source and nothing is on trial.

    Raises:
        InstallationError: the device's configuration cannot be read.
    """
    said, bundle = config.read(root), root.bundle(live.slot)
    source, arguments = said.source, said.arguments
    if source is None:
        if not on_trial:
            return None
        source, arguments = str(bundle / _GOLDEN), ()
    words = [str(root.python(live.slot, live.installed)), "-I", str(bundle / RUNTIME), "run", str(bundle), source]
    target = target_of(manifest, live)
    words += ["--variant", target.variant, "--trust", str(root.trust)]
    engine = engine_of(root.slot(live.slot), target)
    words += [] if engine is None else ["--engine", str(engine)]
    return [*words, "--health", str(root.health), *arguments]
