"""``manifest.json``: what a bundle is and every file it holds. Parsed as hostile until each field has been checked.

The file is canonical JSON and carries the digest of its own other fields, so any changed byte is found. That guards
against damage; who made the bundle is for a signature to say.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass

from detection.edge import checked
from detection.edge.settings import Settings
from detection.edge.trust import parts
from detection.edge.trust.parts import DIGEST, IDENTIFIER, RESERVED, FileEntry, Target, Variant, Watch, file_name, plain

__all__ = [
    "FORMAT", "NAME", "OLDEST_FORMAT", "SIGNATURES", "FileEntry", "Identity", "Manifest", "Target", "Variant", "Watch",
    "file_name",
]  # fmt: skip

NAME, SIGNATURES = RESERVED
"""This file, and the one that may lie beside what it names: who signed it (:mod:`detection.edge.trust.envelope`)."""
FORMAT = 3
OLDEST_FORMAT = 2
"""Bundles from this format on are verified; 3 added ``domain.json`` and the reference of format 2."""
MAXIMUM_FILES = 10_000
MAXIMUM_BYTES = 4_000_000

_FIELDS = (
    "format", "name", "counter", "classes", "settings", "pixel_limit", "spec_sha256", "variants", "targets", "watch",
    "files", "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What a bundle says of itself.

    Attributes:
        name: of the product, from the spec.
        counter: grows with every release; an older one is never installed over a newer.
        classes: class ids in the order of the model's outputs.
        settings: floor, suppression and maximum of the detector.
        pixel_limit: frames with more pixels are refused before they are decoded.
        spec_sha256: digest of the spec that judged it.
        variants: the first is the one that others were compared with.
        targets: kinds of devices that may install it; the first whose machine it is is the default.
        watch: when an installation goes back by itself.
    """

    name: str
    counter: int
    classes: tuple[str, ...]
    settings: Settings
    pixel_limit: int
    spec_sha256: str
    variants: tuple[Variant, ...]
    targets: tuple[Target, ...]
    watch: Watch

    def with_files(self, files: tuple[FileEntry, ...]) -> Manifest:
        """The manifest of a bundle of these files, ordered by name."""
        own = {field.name: getattr(self, field.name) for field in dataclasses.fields(Identity)}
        return Manifest(**own, files=files)


@dataclass(frozen=True, slots=True)
class Manifest(Identity):
    """What a bundle is, and every file it holds.

    Attributes:
        files: every file but the manifest and the signatures, ordered by name.
        format: of the bundle; what is made has :data:`FORMAT`.
    """

    files: tuple[FileEntry, ...]
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        value = self._to_json()
        return checked.canonical(value | {"digest": _digest_of(value)})

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """Read and check all of it.

        Raises:
            BundleError: not canonical, a wrong digest, or any field that is missing, unknown or out of bounds.
        """
        value = checked.parse(content, NAME)
        fields = checked.Fields(value, NAME, _FIELDS)
        found = fields.whole("format", OLDEST_FORMAT, FORMAT)
        checked.require_canonical(value, content, NAME)
        own = {name: fields.any(name) for name in _FIELDS if name != "digest"}
        if fields.text("digest", DIGEST) != _digest_of(own):
            checked.fault(NAME, "the digest of its own fields", fields.any("digest"))
        manifest = cls(
            fields.text("name", IDENTIFIER),
            fields.whole("counter", 0, 2**53),
            fields.many("classes", parts.read_identifier),
            parts.read_settings(fields.any("settings"), f"{NAME}: settings"),
            fields.whole("pixel_limit", 1, 2**31),
            fields.text("spec_sha256", DIGEST),
            fields.many("variants", parts.read_variant),
            fields.many("targets", parts.read_target),
            parts.read_watch(fields.any("watch"), f"{NAME}: watch"),
            fields.many("files", parts.read_file),
            found,
        )
        manifest._check_names()
        if manifest.to_bytes() != content:
            checked.fault(NAME, "canonical JSON", "the same numbers spelled otherwise")
        return manifest

    def entry(self, name: str) -> FileEntry:
        """The entry of one file.

        Raises:
            BundleError: no such file.
        """
        found = [entry for entry in self.files if entry.name == name]
        if not found:
            checked.fault(NAME, f"a file {name!r}", "none")
        return found[0]

    def variant(self, name: str | None) -> Variant:
        """A variant by name; the default with None.

        Raises:
            BundleError: no such variant.
        """
        found = [variant for variant in self.variants if name in (None, variant.name)]
        if not found:
            checked.fault(f"{NAME}: variants", f"one of {[v.name for v in self.variants]}", name)
        return found[0]

    def _check_names(self) -> None:
        names = [entry.name for entry in self.files]
        if names != sorted(set(names)) or len(names) > MAXIMUM_FILES:
            checked.fault(f"{NAME}: files", f"at most {MAXIMUM_FILES} names in order, each once", f"{len(names)} names")
        variants, targets = [v.name for v in self.variants], [t.id for t in self.targets]
        for noun, found in (("classes", list(self.classes)), ("variants", variants), ("targets", targets)):
            if not found or len(set(found)) != len(found):
                checked.fault(f"{NAME}: {noun}", "at least one, each once", found)
        for variant in self.variants:
            self.entry(variant.file)
        for target in self.targets:
            if target.variant not in variants:
                checked.fault(f"{NAME}: targets: {target.id}", f"one of the variants {variants}", target.variant)

    def _to_json(self) -> dict[str, object]:
        return {
            "format": self.format,
            "name": self.name,
            "counter": self.counter,
            "classes": list(self.classes),
            "settings": parts.settings_to_json(self.settings),
            "pixel_limit": self.pixel_limit,
            "spec_sha256": self.spec_sha256,
            "variants": [plain(variant) for variant in self.variants],
            "targets": [plain(target) for target in self.targets],
            "watch": plain(self.watch),
            "files": [plain(entry) for entry in self.files],
        }


def _digest_of(value: dict[str, object]) -> str:
    return hashlib.sha256(checked.canonical(value)).hexdigest()
