"""May this bundle be installed here and now? Pure: the machine, the day and the past are arguments."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from detection.edge.trust.manifest import Manifest, Target
from detection.edge.trust.statement import Statement
from detection.errors import BundleError


@dataclass(frozen=True, slots=True)
class Device:
    """What an installation is asked for.

    Attributes:
        machine: what ``uname -m`` says.
        name: of the product that is installed; None where nothing is.
        counter: the highest that was ever installed; -1 where nothing was.
        today: the date in UTC.
    """

    machine: str
    name: str | None
    counter: int
    today: datetime.date


def admitted(manifest: Manifest, statement: Statement, device: Device, target: str | None = None) -> Target:
    """Which target of the bundle this device is.

    Args:
        manifest: of the verified bundle.
        statement: what its signers stated.
        device: what installs it.
        target: its id; the first whose machine it is with None.

    Raises:
        BundleError: expired, of another product, not newer than what is installed, or for other machines.
    """
    if device.name not in (None, manifest.name):
        raise BundleError(f"this device runs {device.name!r}, the bundle is {manifest.name!r}; choose another root")
    if manifest.counter <= device.counter:
        raise BundleError(
            f"{manifest.name}: counter {manifest.counter} is not newer than {device.counter}, which was installed "
            "here; to go back to the version before: rollback"
        )
    if statement.expired(device.today):
        raise BundleError(
            f"{manifest.name} {manifest.counter}: may be installed until {statement.expires}, today is {device.today}; "
            "fetch a newer bundle"
        )
    return target_of(manifest, device.machine, target)


def target_of(manifest: Manifest, machine: str, target: str | None = None) -> Target:
    """The target that a machine is.

    Raises:
        BundleError: no such target, or one for other machines.
    """
    fitting = [one for one in manifest.targets if one.machine == machine and target in (None, one.id)]
    if not fitting:
        offered = ", ".join(f"{one.id} ({one.machine})" for one in manifest.targets)
        asked = "" if target is None else f" and asked for {target}"
        raise BundleError(f"{manifest.name}: this machine is {machine}{asked}; the bundle is for {offered}")
    return fitting[0]
