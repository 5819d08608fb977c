"""What the registry looks like in a tracker's words: versions with tags, one alias a slot. The registry is the truth.

A mirror is compared as a whole with what it should be, so that it can be thrown away and made again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from detection.rules.registry.readings import Placed
from detection.rules.registry.registered import Version
from detection.rules.registry.slots import Slot, Stage
from detection.rules.tracking.runs import data_digest


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A word about a version."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One version as a tracker shows it.

    Attributes:
        model: name of the product.
        digest: of the bundle's manifest; names the version.
        tags: sorted by name.
        aliases: of the slots in which it is live, sorted.
    """

    model: str
    digest: str
    tags: tuple[Tag, ...]
    aliases: tuple[str, ...]


def alias_of(slot: Slot) -> str:
    """``line-1_prod``: a slot as an alias; an environment has no ``_``, so it is read back without doubt."""
    return f"{slot.place}_{slot.environment}"


def mirrored(versions: Iterable[Version], placings: Iterable[Placed]) -> tuple[Mirrored, ...]:
    """What a mirror of the registry shows, by model and number."""
    of: dict[str, list[Placed]] = {}
    for one in placings:
        of.setdefault(one.version_digest, []).append(one)
    ordered = sorted(versions, key=lambda one: (one.content.model, one.number))
    return tuple(_mirrored(one, of.get(one.content.digest, [])) for one in ordered)


def _mirrored(version: Version, placings: Iterable[Placed]) -> Mirrored:
    content = version.content
    stages = {f"stage.{alias_of(one.slot)}": one.stage.value for one in placings}
    said = {
        "version": str(version.number),
        "digest": content.digest,
        "verdict": content.verdict,
        "verdict_digest": content.verdict_digest,
        "spec_digest": content.spec_digest,
        "data": data_digest(content.lineage),
        "commit": content.lineage.commit or "none",
        "submitter": version.submitter,
        "risk_tier": content.risk_tier,
        "standing": "retired"
        if version.retired
        else f"deprecated: {version.deprecated}"
        if version.deprecated
        else "in use",
    }
    tags = tuple(sorted(Tag(name, value) for name, value in (said | stages).items()))
    live = sorted(alias_of(one.slot) for one in placings if one.stage is Stage.PRODUCTION)
    return Mirrored(content.model, content.digest, tags, tuple(live))


def differences(wanted: Iterable[Mirrored], found: Iterable[Mirrored]) -> tuple[str, ...]:
    """Where a mirror is not what it should be, a line each; empty where it is."""
    asked, there = _by_digest(wanted), _by_digest(found)
    lines = [f"{one.model} {digest[:12]}: is missing" for digest, one in asked.items() if digest not in there]
    lines += [
        f"{one.model} {digest[:12]}: is not in the registry" for digest, one in there.items() if digest not in asked
    ]
    for digest, one in asked.items():
        if digest in there and there[digest] != one:
            other = there[digest]
            tags = sorted({tag.name for tag in set(one.tags) ^ set(other.tags)})
            aliases = sorted(set(one.aliases) ^ set(other.aliases))
            lines.append(f"{one.model} {digest[:12]}: differs in tags {tags}, aliases {aliases}")
    return tuple(lines)


def _by_digest(mirror: Iterable[Mirrored]) -> Mapping[str, Mirrored]:
    return {one.digest: one for one in mirror}
