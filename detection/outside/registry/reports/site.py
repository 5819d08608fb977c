"""The living documents: the registry as pages that lead to each other, in Markdown and HTML, written anew as a whole.

What stands in a folder of such pages is replaced; a folder that holds anything else is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from detection.errors import DetectionError
from detection.outside import documents, files, html
from detection.outside.monitoring.notices import Notice
from detection.outside.registry import bundled, places
from detection.outside.registry.reports.reading import Reader
from detection.rules.evidence.registry import site
from detection.rules.evidence.registry.deeds import KnownPeriod
from detection.rules.evidence.registry.incidents import TOLD, FieldIncident
from detection.rules.evidence.registry.known import Known, KnownSlot
from detection.rules.evidence.registry.words import CATALOGUE
from detection.rules.registry.entries import Entry
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import Slot

PERIODS = 500
"""Of each slot, that the pages tell of; `detection registry history` tells of all."""
NEWEST = 100
"""Versions of each model that have pages, beside all that were ever live."""


class SiteError(DetectionError):
    """The pages cannot be written there: name another folder."""


def known(reader: Reader, at: datetime, newest: int = NEWEST) -> Known:
    """Read all that the pages tell of.

    Args:
        reader: of the registry.
        at: now, UTC.
        newest: versions of each model, beside all that were ever live.

    Raises:
        DocumentError: the specification or a slot's file does not follow its model.
        RegistryError: the tables say what the log does not.
    """
    registry, specified = reader.registry, places.specified()
    every = registry.versions()
    slots = tuple(sorted({*registry.slots(), *places.all_slots()}))
    periods = {slot: reader.periods(slot, PERIODS) for slot in slots}
    used = {one.period.version_digest for told in periods.values() for one in told}
    versions = _shown(every, used, newest)
    return Known(
        registry=registry.id,
        as_of=at,
        head=registry.head(),
        fault=registry.fault(),
        governance=specified.governance,
        spec_digest=specified.digest,
        versions=versions,
        slots=tuple(_slot(reader, slot, periods[slot], versions) for slot in slots),
        entries=_told(registry.entries()),
        evidence={one.content.digest: bundled.evidence_of(one.content) for one in versions},
        left_out=len(every) - len(versions),
    )


def known_of(reader: Reader, version: Version, at: datetime) -> Known:
    """What is known of one version alone: its stages and its approvals; of no other, and nothing of the log.

    Raises:
        DocumentError: the specification or a slot's file does not follow its model.
    """
    registry, specified = reader.registry, places.specified()
    slots = tuple(one for one in registry.slots() if one.model == version.content.model)
    return Known(
        registry=registry.id,
        as_of=at,
        head=registry.head(),
        fault=None,
        governance=specified.governance,
        spec_digest=specified.digest,
        versions=(version,),
        slots=tuple(
            KnownSlot(slot, registry.stages(slot), (), reader.checked(slot, version.content.digest)) for slot in slots
        ),
    )


def write(folder: Path, told: Known, field: Sequence[FieldIncident] | None = None) -> int:
    """Write every page twice, ``.html`` and ``.md``; returns how many pages there are.

    Args:
        folder: holds nothing but such pages, or is not there.
        told: what is known.
        field: incidents of the monitor; None where none was asked.

    Raises:
        SiteError: the folder holds something else.
        DiskError: the disk refuses.
    """
    _refuse_other(folder)
    pages = site.pages(told, field)
    part = files.empty_folder(folder.with_name(f".{folder.name}.part"))
    for name, page in pages.items():
        files.write_text(part / name, html.page(page))
        files.write_text((part / name).with_suffix(".md"), html.document(page))
    files.empty_folder(folder)
    part.replace(folder)
    return len(pages)


def field_incidents(path: Path) -> tuple[FieldIncident, ...]:
    """What ``detection monitor --json`` wrote.

    Raises:
        DocumentError: missing, or something else.
    """
    return tuple(
        FieldIncident(
            one.id,
            one.bundle,
            one.camera,
            one.severity,
            tuple(dict.fromkeys(part.signal for part in one.parts)),
            datetime.fromtimestamp(one.opened_s, UTC),
            None if one.closed_s is None else datetime.fromtimestamp(one.closed_s, UTC),
        )
        for one in documents.read_value(tuple[Notice, ...], path)
    )


def _shown(versions: Sequence[Version], used: set[str], newest: int) -> tuple[Version, ...]:
    by_model: dict[str, list[Version]] = {}
    for one in versions:
        by_model.setdefault(one.content.model, []).append(one)
    late = {one.content.digest for own in by_model.values() for one in sorted(own, key=_number)[-newest:]}
    return tuple(one for one in versions if one.content.digest in used | late)


def _number(version: Version) -> tuple[int, int, int]:
    return version.number.major, version.number.minor, version.number.patch


def _slot(reader: Reader, slot: Slot, periods: tuple[KnownPeriod, ...], versions: Sequence[Version]) -> KnownSlot:
    registry = reader.registry
    deployment = places.deployment(slot.place)
    own = [one.content.digest for one in versions if one.content.model == slot.model]
    pin = registry.situation(slot, "").pin
    return KnownSlot(
        slot=slot,
        standings=registry.stages(slot),
        periods=periods,
        approvals=tuple(one for digest in own for one in reader.checked(slot, digest)),
        plan=None if deployment is None else deployment.plan,
        plan_digest="" if deployment is None else deployment.digest,
        pinned="" if pin is None else pin.digest,
    )


def _told(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(one for one in entries if one.action in TOLD)


def _refuse_other(folder: Path) -> None:
    """A folder with anything but pages of ours is no folder to empty."""
    if not folder.exists():
        return
    found = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    strangers = [path.name for path in found if path.suffix not in (".html", ".md") or not path.is_file()]
    if found and (strangers or not (folder / CATALOGUE).is_file()):
        held = ", ".join(strangers[:5]) or "pages of something else"
        raise SiteError(f"{folder}: holds {held}; the pages are written anew as a whole: name another folder (--out)")
