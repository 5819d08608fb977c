"""Bundles that claim what is not so, however well they are signed: by whom, of what, and for which device."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.faults.table import Fault
from detection.edge.trust.admission import Device, admitted
from detection.edge.trust.keys import Trust, read_trust
from detection.edge.trust.manifest import FileEntry, Manifest, Target
from detection.edge.trust.signatures import require_signed
from detection.edge.trust.statement import Statement, statement_of
from detection.edge.trust.verify import verified
from detection.errors import BundleError
from tests.examples_signing import ANNA, BEN, CARL, STRANGER, sealed, trust_in, write_trust

ACCEPTED, REFUSED = "accepted", "refused"
TODAY = datetime.date(2027, 1, 31)
DEVICE = Device(platform.machine(), "colours", 4, TODAY)
"""It runs counter 4; the bundle is counter 5 and may be installed for five more months."""
TRUST = trust_in(ANNA, BEN, CARL, threshold=2)
EXPIRES = "2027-06-30"


def claims(folder: Path, trust: Path) -> Iterator[Fault]:
    """Every wrong claim, one at a time."""
    yield from _signers(folder, trust)
    yield from _statements(folder, trust)
    yield from _manifests(folder, trust)
    yield from _installations(folder, trust)


def decision(folder: Path, trust: Path, device: Device = DEVICE, target: str | None = None) -> str:
    """What a device decides about a bundle that somebody brings."""
    try:
        found = verified(folder)
        admitted(found.manifest, require_signed(found, read_trust(trust)), device, target)
    except BundleError:
        return REFUSED
    except Exception as error:
        return f"crashed: {type(error).__name__}: {error}"
    return ACCEPTED


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    """A file with other content, for a while."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def _signers(folder: Path, trust: Path) -> Iterator[Fault]:
    statement = statement_of(verified(folder).manifest, EXPIRES)
    sets = {
        "no trusted key": (STRANGER,),
        "one of two needed": (ANNA,),
        "one trusted and a stranger": (ANNA, STRANGER),
        "enough trusted and a stranger": (ANNA, BEN, STRANGER),
    }
    for point, signers in sets.items():
        with changed(folder / "bundle.sig", sealed(statement, *signers)):
            yield Fault(f"signed by {point}", REFUSED, decision(folder, trust))
    foreign: dict[str, Trust] = {
        "nobody who signed": trust_in(STRANGER),
        "one who signed, two needed": trust_in(ANNA, CARL, threshold=2),
        "all three needed": trust_in(ANNA, BEN, CARL, threshold=3),
        "one of the two who signed": trust_in(ANNA),
    }
    for number, (point, trusted) in enumerate(foreign.items()):
        other = write_trust(folder.with_name(f"trust-{number}"), trusted)
        yield Fault(f"trusted is {point}", REFUSED, decision(folder, other))


def _statements(folder: Path, trust: Path) -> Iterator[Fault]:
    """Well signed, and about something else."""
    true = statement_of(verified(folder).manifest, EXPIRES)
    others: dict[str, Statement] = {
        "another name": replace(true, name="others"),
        "an older counter": replace(true, counter=4),
        "a newer counter": replace(true, counter=6),
        "another manifest": replace(true, manifest_sha256="0" * 64),
        "another runtime": replace(true, runtime_sha256="0" * 64),
        "other requirements": replace(true, requirements_sha256="0" * 64),
        "no day as the last": replace(true, expires="2027-02-30"),
    }
    for point, statement in others.items():
        with changed(folder / "bundle.sig", sealed(statement, ANNA, BEN)):
            yield Fault(f"a statement of {point}", REFUSED, decision(folder, trust))


def _manifests(folder: Path, trust: Path) -> Iterator[Fault]:
    """Well signed by enough trusted keys, and still nothing that a device may touch."""
    true = verified(folder).manifest
    outside = FileEntry("../outside", 1, "0" * 64)
    shouted = replace(true.files[0], name=true.files[0].name.upper())
    manifests: dict[str, Manifest] = {
        "a file outside": replace(true, files=(outside, *true.files)),
        "names that differ by case": replace(true, files=(shouted, *true.files)),
        "a file twice": replace(true, files=(true.files[0], *true.files)),
        "itself as a file": replace(true, files=(*true.files, replace(true.files[-1], name="manifest.json"))),
        "its signatures as a file": replace(true, files=(replace(true.files[0], name="bundle.sig"), *true.files)),
        "a target without its variant": replace(true, targets=(Target("x", DEVICE.machine, "e", "none", 1, 1),)),
        "no target": replace(true, targets=()),
        "no variant": replace(true, variants=()),
    }
    for point, manifest in manifests.items():
        signature = sealed(statement_of(manifest, EXPIRES), ANNA, BEN)
        with changed(folder / "manifest.json", manifest.to_bytes()), changed(folder / "bundle.sig", signature):
            yield Fault(f"a manifest with {point}", REFUSED, decision(folder, trust))


def _installations(folder: Path, trust: Path) -> Iterator[Fault]:
    devices = {
        "runs the same counter": replace(DEVICE, counter=5),
        "runs a newer counter": replace(DEVICE, counter=6),
        "runs another product": replace(DEVICE, name="pallets"),
        "is another machine": replace(DEVICE, machine="riscv64"),
        "has a later day than the last": replace(DEVICE, today=datetime.date(2027, 7, 1)),
    }
    for point, device in devices.items():
        yield Fault(f"the device {point}", REFUSED, decision(folder, trust, device))
    yield Fault("a target that the bundle lacks", REFUSED, decision(folder, trust, target="none"))
    last = replace(DEVICE, today=datetime.date.fromisoformat(EXPIRES))
    yield Fault("the last day itself", ACCEPTED, decision(folder, trust, last))
    yield Fault("an empty device", ACCEPTED, decision(folder, trust, replace(DEVICE, name=None, counter=-1)))
