"""An installation, step by step: check, copy, environment, check again by the slot's own Python, self-test, switch.

Nothing before the switch touches what runs. The switch is one rename; what follows it is a trial.
"""

from __future__ import annotations

import datetime
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from detection.edge.installation import config, disk, environment, history, slots, unpacking
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.engine import engine_of
from detection.edge.installation.history import Event
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Installed, State
from detection.edge.trust.admission import Device, admitted
from detection.edge.trust.envelope import MAXIMUM_BYTES, Envelope
from detection.edge.trust.keys import read_trust
from detection.edge.trust.manifest import SIGNATURES, Target
from detection.edge.trust.statement import RUNTIME, Statement
from detection.edge.trust.verify import Verified, plain_bytes, verified
from detection.errors import BundleError

_PROOF_S = 600.0
"""A model that stands still in its first frame must not hold the installer for ever."""

_BUILD_S = 3600.0
"""Small boards take long to build an engine."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        bundle: the bundle's folder.
        trust: whose signatures count, for a device that trusts nobody yet.
        target: which of the bundle's targets this device is; the first that fits with None.
        wheels: packages for this machine; None asks the package registry.
        python: an interpreter that has the packages already; None makes an environment in the slot.
        again: a version that went back may be tried once more.
        manifest_sha256: the bundle must be this one; None where the caller checked nothing.
        source: what the device looks at from the switch on; None leaves what it looked at.
    """

    bundle: Path
    trust: Path | None = None
    target: str | None = None
    wheels: Path | None = None
    python: Path | None = None
    again: bool = False
    manifest_sha256: str | None = None
    source: str | None = None


def install(root: Root, request: Request, say: Callable[[str], None]) -> State:
    """Install up to the switch.

    Args:
        root: the device's folder.
        request: what is asked for.
        say: takes a line for people.

    Returns:
        What is true now; on trial, unless this very version is live already.

    Raises:
        BundleError: the bundle is damaged, foreign, too old, expired or for other machines.
        InstallationError: the device refuses; what ran before runs on.
    """
    slots.prepare(root)
    with slots.held(root, "installing", wait=False) as alone:
        if not alone:
            raise InstallationError(f"{root.folder}: another installation goes on; wait for its end")
        found = slots.clean(root)
        bundle = verified(request.bundle)
        if request.manifest_sha256 not in (None, bundle.digest):
            raise BundleError(f"{request.bundle}: changed since its signatures were checked; fetch it again")
        if found.running is not None and found.running.digest == bundle.digest:
            say(f"{bundle.manifest.name} {bundle.manifest.counter} is installed already")
            _look_at(root, request.source)
            return found
        target = _admitted(bundle, found, request)
        return _fill_and_switch(root, request, bundle, target, say)


def _fill_and_switch(
    root: Root, request: Request, bundle: Verified, target: Target, say: Callable[[str], None]
) -> State:
    trust = root.trust if root.trust.exists() else request.trust
    if trust is None:
        raise InstallationError(f"{root.folder}: trusts nobody yet; name a folder of keys with --trust")
    read_trust(trust)
    slot = slots.change(root, State.emptied).spare
    slots.clean(root)
    name = f"{bundle.manifest.name} {bundle.manifest.counter}"
    try:
        copy = unpacking.unpack(bundle, root.bundle(slot))
        say(f"{name}: copied into slot {slot}")
        python = _python(root.slot(slot), request)
        installed = Installed(bundle.manifest.name, bundle.manifest.counter, copy.digest, target.id, python)
        _prove(root.python(slot, installed), copy, trust, target)
        say(f"{name}: signatures good, self-test passed as {target.id}")
        _keep_trust(root, trust)
        _first_supervisor(root, copy)
        _look_at(root, request.source)
    except (BundleError, InstallationError) as error:
        _forget(root, bundle, str(error))
        raise
    after = slots.change(root, lambda found: found.switched(installed, bundle.manifest.watch.window_s))
    history.record(root, Event(history.now(), "switched", installed.counter, installed.digest, f"to slot {slot}"))
    say(f"{name}: live in slot {slot}, on trial for {bundle.manifest.watch.window_s:g} s")
    return after


def _admitted(bundle: Verified, found: State, request: Request) -> Target:
    statement = Statement.from_bytes(Envelope.from_bytes(_signatures(bundle.folder)).payload)
    if statement.manifest_sha256 != bundle.digest:
        raise BundleError(f"{SIGNATURES}: was made for another bundle; fetch the bundle again")
    counter = found.highest
    if request.again and bundle.manifest.counter == counter:
        counter -= 1
    name = found.running.name if found.running else None
    device = Device(platform.machine(), name, counter, datetime.datetime.now(datetime.timezone.utc).date())
    return admitted(bundle.manifest, statement, device, request.target)


def _signatures(folder: Path) -> bytes:
    try:
        return plain_bytes(folder / SIGNATURES, MAXIMUM_BYTES)
    except OSError as error:
        raise BundleError(
            f"{folder / SIGNATURES}: cannot be read ({error.strerror or error}); only a signed bundle is installed"
        ) from error


def _python(slot: Path, request: Request) -> str:
    if request.python is not None:
        return str(request.python.absolute())
    return environment.make(slot, request.wheels)


def _prove(python: Path, copy: Verified, trust: Path, target: Target) -> None:
    """The slot's own Python checks the signatures a second time, by other code than the first, and tests itself.

    Where the target needs an engine of its own, that is built in between, and is what is tested.
    """
    program = [str(python), "-I", str(copy.folder / RUNTIME)]
    environment.call(
        [*program, "verify", str(copy.folder), "--trust", str(trust)], "the bundle is not to be trusted", _PROOF_S
    )
    engine, named = engine_of(copy.folder.parent, target), list[str]()
    if engine is not None:
        environment.call(
            [*program, "build", str(copy.folder), "--target", target.id, "--output", str(engine)],
            "no engine can be built for this device's card; choose another target with --target",
            _BUILD_S,
        )
        named = ["--engine", str(engine)]
    environment.call(
        [*program, "selftest", str(copy.folder), "--variant", target.variant, *named],
        "the bundle does not answer here as it did where it was judged; do not use it",
        _PROOF_S,
    )


def _keep_trust(root: Root, trust: Path) -> None:
    if root.trust.exists():
        return
    temporary = root.trust.with_name(root.trust.name + disk.TEMPORARY)
    try:
        disk.make_folder(temporary)
        for path in sorted(trust.iterdir()):
            if path.suffix in (".pem", ".json"):
                disk.create(temporary / path.name, path.read_bytes())
        disk.sync_folder(temporary)
        temporary.rename(root.trust)
        disk.sync_folder(root.folder)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise InstallationError(f"{root.trust}: cannot be written ({error.strerror or error}); free space") from error


def _look_at(root: Root, source: str | None) -> None:
    """Before the switch: who starts the new version at once must know what it shall look at."""
    if source is not None:
        config.write(root, replace(config.read(root), source=source))


def _first_supervisor(root: Root, copy: Verified) -> None:
    if root.supervisor.exists():
        return
    try:
        disk.write(root.supervisor, (copy.folder / RUNTIME).read_bytes())
    except OSError as error:
        raise InstallationError(
            f"{root.supervisor}: cannot be written ({error.strerror or error}); free space"
        ) from error


def _forget(root: Root, bundle: Verified, said: str) -> None:
    """Leave an empty slot, if the disk lets us; otherwise the next start does."""
    history.record(root, Event(history.now(), "failed", bundle.manifest.counter, bundle.digest, said))
    try:
        slots.clean(root)
    except InstallationError:
        return
