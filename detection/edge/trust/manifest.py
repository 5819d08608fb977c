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

NAME = "manifest.json"
SIGNATURES = "bundle.sig"
"""The one file that may lie beside what the manifest names: who signed it (:mod:`detection.edge.trust.envelope`)."""
FORMAT = 2
MAXIMUM_FILES = 10_000

_IDENTIFIER = r"[a-z0-9][a-z0-9_-]{0,63}"
_FILE_NAME = r"[a-z0-9][a-z0-9._/-]{0,199}"
_DIGEST = r"[0-9a-f]{64}"
_FIELDS = (
    "format", "name", "counter", "classes", "settings", "pixel_limit", "spec_sha256", "variants", "targets", "watch",
    "files", "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of the bundle.

    Attributes:
        name: path below the bundle's folder, with ``/``.
        bytes: its size.
        sha256: lower-case hex.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of the model.

    Attributes:
        name: ``fp32``, ``int8``, ...
        file: its model file.
        engine: what opens the file: ``onnxruntime``, ``openvino``, ``tensorrt-rtx``.
        precision: of its weights, for people.
        width: of its input, pixels.
        height: of its input, pixels.
    """

    name: str
    file: str
    engine: str
    precision: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of device that may install the bundle, and what the detector may cost there.

    Attributes:
        id: its name in ``specs/targets``.
        machine: what ``uname -m`` says there.
        engine: what runs the variant; ``tensorrt`` builds its engine of the variant's file on the device.
        variant: which variant runs there.
        p95_ms: milliseconds that 95 of 100 frames may take, boxes out.
        memory_mb: resident memory of the process, megabytes.
    """

    id: str
    machine: str
    engine: str
    variant: str
    p95_ms: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Watch:
    """When a new installation has proven itself, and when it goes back; the spec's section ``installation``.

    Attributes:
        window_s: seconds after the switch in which it may go back by itself.
        stall_s: seconds without a heartbeat, or without a frame of a live source, that count as standing still.
        failed_share_maximum: frames without a sound answer, part of all.
        p95_factor_maximum: times the target's p95 that frames may take.
        starts_maximum: starts within the window; a program that dies is started again, so often and no more.
    """

    window_s: float
    stall_s: float
    failed_share_maximum: float
    p95_factor_maximum: float
    starts_maximum: int


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
    """

    files: tuple[FileEntry, ...]

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
        fields.whole("format", FORMAT, FORMAT)
        checked.require_canonical(value, content, NAME)
        plain = {name: fields.any(name) for name in _FIELDS if name != "digest"}
        if fields.text("digest", _DIGEST) != _digest_of(plain):
            checked.fault(NAME, "the digest of its own fields", fields.any("digest"))
        manifest = cls(
            fields.text("name", _IDENTIFIER),
            fields.whole("counter", 0, 2**53),
            fields.many("classes", _identifier),
            _settings(fields.any("settings"), f"{NAME}: settings"),
            fields.whole("pixel_limit", 1, 2**31),
            fields.text("spec_sha256", _DIGEST),
            fields.many("variants", _variant),
            fields.many("targets", _target),
            _watch(fields.any("watch"), f"{NAME}: watch"),
            fields.many("files", _file),
        )
        manifest._check_names()
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
        settings = self.settings
        return {
            "format": FORMAT,
            "name": self.name,
            "counter": self.counter,
            "classes": list(self.classes),
            "settings": {
                "suppression_iou": settings.suppression_iou,
                "score_floor": settings.score_floor,
                "maximum_detections": settings.maximum_detections,
            },
            "pixel_limit": self.pixel_limit,
            "spec_sha256": self.spec_sha256,
            "variants": [
                {
                    "name": v.name,
                    "file": v.file,
                    "engine": v.engine,
                    "precision": v.precision,
                    "width": v.width,
                    "height": v.height,
                }
                for v in self.variants
            ],
            "targets": [
                {
                    "id": t.id,
                    "machine": t.machine,
                    "engine": t.engine,
                    "variant": t.variant,
                    "p95_ms": t.p95_ms,
                    "memory_mb": t.memory_mb,
                }
                for t in self.targets
            ],
            "watch": {
                "window_s": self.watch.window_s,
                "stall_s": self.watch.stall_s,
                "failed_share_maximum": self.watch.failed_share_maximum,
                "p95_factor_maximum": self.watch.p95_factor_maximum,
                "starts_maximum": self.watch.starts_maximum,
            },
            "files": [{"name": f.name, "bytes": f.bytes, "sha256": f.sha256} for f in self.files],
        }


def file_name(value: object, where: str) -> str:
    """A path that stays inside the bundle: lower case, ``/`` between plain parts, no part that begins with a dot.

    Raises:
        BundleError: anything else.
    """
    name = checked.Fields({"name": value}, where, ("name",)).text("name", _FILE_NAME)
    if any(part == "" or part.startswith(".") for part in name.split("/")) or name in (NAME, SIGNATURES):
        checked.fault(where, "a path of plain names inside the bundle", name)
    return name


def _digest_of(value: dict[str, object]) -> str:
    return hashlib.sha256(checked.canonical(value)).hexdigest()


def _identifier(value: object, where: str) -> str:
    return checked.Fields({"id": value}, where, ("id",)).text("id", _IDENTIFIER)


def _settings(value: object, where: str) -> Settings:
    fields = checked.Fields(value, where, ("suppression_iou", "score_floor", "maximum_detections"))
    return Settings(
        fields.number("suppression_iou", 0, 1),
        fields.number("score_floor", 0, 1),
        fields.whole("maximum_detections", 1, 100_000),
    )


def _variant(value: object, where: str) -> Variant:
    fields = checked.Fields(value, where, ("name", "file", "engine", "precision", "width", "height"))
    return Variant(
        fields.text("name", _IDENTIFIER),
        file_name(fields.any("file"), where),
        fields.text("engine", _IDENTIFIER),
        fields.text("precision", _IDENTIFIER),
        fields.whole("width", 1, 16384),
        fields.whole("height", 1, 16384),
    )


def _target(value: object, where: str) -> Target:
    fields = checked.Fields(value, where, ("id", "machine", "engine", "variant", "p95_ms", "memory_mb"))
    return Target(
        fields.text("id", _IDENTIFIER),
        fields.text("machine", _IDENTIFIER),
        fields.text("engine", _IDENTIFIER),
        fields.text("variant", _IDENTIFIER),
        fields.number("p95_ms", 1e-3, 1e6),
        fields.number("memory_mb", 1, 1e6),
    )


def _watch(value: object, where: str) -> Watch:
    names = ("window_s", "stall_s", "failed_share_maximum", "p95_factor_maximum", "starts_maximum")
    fields = checked.Fields(value, where, names)
    return Watch(
        fields.number("window_s", 0, 86_400),
        fields.number("stall_s", 0.1, 86_400),
        fields.number("failed_share_maximum", 0, 1),
        fields.number("p95_factor_maximum", 1, 1e6),
        fields.whole("starts_maximum", 1, 1000),
    )


def _file(value: object, where: str) -> FileEntry:
    fields = checked.Fields(value, where, ("name", "bytes", "sha256"))
    return FileEntry(
        file_name(fields.any("name"), where), fields.whole("bytes", 0, 2**40), fields.text("sha256", _DIGEST)
    )
