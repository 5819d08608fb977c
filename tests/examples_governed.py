"""A workspace whose registry has lived: two promotions, a return, a deprecation; all by real keys and real guards."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from detection.outside import documents
from detection.outside.database.registry import Registry, open_registry
from detection.outside.registry import people
from detection.rules.registry import guards
from detection.rules.registry.plans import Plan
from detection.rules.registry.registered import Content, Metric, Number, Resources, Version
from detection.rules.registry.situations import Compared, Surroundings
from detection.rules.registry.slots import Slot, Stage
from detection.rules.spec.slots import SlotPlan
from tests.examples_registry import GOVERNANCE, MODEL, PEOPLE, SIGNERS, approved, content, digest_of, ordered

ROOT = Path(__file__).resolve().parents[1]
SPEC, SLOTFILE = Path("specs/spec.yaml"), Path("specs/slots/line-1.yaml")
FIRST = Number(1, 0, 0)
BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
SLOT, TRIAL = Slot(MODEL, "line-1", "prod"), Slot(MODEL, "line-1", "dev")
URL = "registry.db"
HOSTILE = "<script>alert(1)</script> | [x](javascript:y) \x1b[31m\"'"


def digest(path: Path) -> str:
    """SHA-256 of a file of this repository."""
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()


def day(number: float) -> datetime:
    """Days after the beginning."""
    return BEGIN + timedelta(days=number)


def version_content(counter: int, **changes: Any) -> Content:
    """A version that passed by the specification of this repository."""
    metrics = tuple(
        Metric(name, variant, label, figure, value + counter / 100, value - 0.04, min(1.0, value + 0.05))
        for name in ("golden", "test")
        for variant in ("fp32", "int8")
        for label in ("every", "box", "bag", "tube")
        for figure, value in (("precision", 0.88), ("recall", 0.85), ("ap50_95", 0.71))
    )
    resources = (
        Resources("fp32", 12.1 - counter, 15.2, 241.0, 12.2),
        Resources("int8", 6.3, 8.0, 180.0 + counter, 3.4),
    )
    return replace(content(counter, spec_digest=digest(SPEC), metrics=metrics, resources=resources), **changes)


def compared(champion: int, challenger: int) -> Compared:
    """A comparison that speaks for the challenger."""
    sides = digest_of(champion), digest_of(challenger)
    return Compared(f"{challenger:02x}{'c' * 62}", *sides, "PROMOTE", "better")


def surroundings(at: datetime, *comparisons: Compared) -> Surroundings:
    """What stands outside of the registry."""
    plan = documents.read_document(SlotPlan, ROOT / SLOTFILE)
    return Surroundings(GOVERNANCE, digest(SPEC), PEOPLE, plan, digest(SLOTFILE), comparisons, at)


def numbering(earlier: tuple[Version, ...]) -> tuple[Number, str]:
    """Each a minor version more."""
    if not earlier:
        return FIRST, "the first of its model"
    return Number(1, earlier[-1].number.minor + 1, 0), "minor: better"


def register(registry: Registry, counter: int, at: datetime, **changes: Any) -> Version:
    """Take a version in; its number counts up."""
    return registry.register(
        version_content(counter, **changes),
        "engineer-1",
        numbering,
        at,
    )


def promote(registry: Registry, counter: int, slot: Slot, at: datetime, *comparisons: Compared, **said: Any) -> None:
    """Pin, approve where the slot asks for it, promote."""
    name, now = digest_of(counter), surroundings(at, *comparisons)
    assert now.plan is not None
    registry.pin(slot, now.plan, (ROOT / SLOTFILE).read_bytes(), "engineer-2", at)
    if slot.environment == "prod":
        signed = approved(
            slot=slot,
            version_digest=name,
            verdict_digest=content(counter).verdict_digest,
            spec_digest=digest(SPEC),
            deployment_digest=digest(SLOTFILE),
            comparison_digest=comparisons[0].digest if comparisons else "",
            nonce=registry.give_nonce(slot, name, "quality-1", at),
            signed_at=at,
            **said,
        )
        refused = registry.approve(signed, lambda found: guards.approval_refusals(signed, found, now), at)
        assert not refused, refused
    carry_out(registry, now, version_digest=name, slot=slot)


def carry_out(registry: Registry, now: Surroundings, **order: Any) -> None:
    """Have an order carried out; it must not be refused."""
    slot = order.get("slot", SLOT)
    epoch = registry.situation(slot, order.get("version_digest", digest_of(1))).epoch if slot else 0
    signed = ordered(**{"epoch": epoch, "slot": slot, **order}, ordered_at=now.now)
    done = registry.carry_out(signed, lambda found: guards.judged(signed, found, now), now.now)
    assert isinstance(done, Plan), done


def live_through(registry: Registry) -> None:
    """Versions 1 and 2 go live, 2 comes back, 3 waits; 2 is deprecated."""
    register(registry, 1, day(0))
    promote(registry, 1, TRIAL, day(1))
    promote(registry, 1, SLOT, day(2), words="looked at every frame of dusk myself")
    register(registry, 2, day(20), parent=digest_of(1))
    promote(registry, 2, SLOT, day(21), compared(1, 2), words=HOSTILE)
    returning = {"verb": "rollback", "version_digest": digest_of(1), "reason": "tubes are missed at dusk"}
    carry_out(registry, surroundings(day(23)), **returning)
    ending = {"verb": "deprecate", "slot": None, "version_digest": digest_of(2), "to": Stage.ARCHIVED}
    carry_out(registry, surroundings(day(24)), **ending, reason="misses tubes at dusk", end_of_life="2026-12-31")
    register(registry, 3, day(40), parent=digest_of(1), tags=("autumn", "night-shift"))


def write_specs(folder: Path) -> None:
    """Specification, slot and people of the workspace."""
    for name in (SPEC, SLOTFILE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for person in PEOPLE.people:
        people.add(person, folder / people.PEOPLE)


def write_keys(folder: Path, *names: str) -> None:
    """Private keys of people, for them alone."""
    for name in names:
        path = folder / f"{name}.key"
        path.touch(0o600)
        path.write_bytes(SIGNERS[name].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def write_workspace(folder: Path) -> str:
    """A whole workspace; returns the registry's URL."""
    write_specs(folder)
    url = f"sqlite:///{folder / URL}"
    with open_registry(url, create=True, at=BEGIN) as registry:
        live_through(registry)
    return url
