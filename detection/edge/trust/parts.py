"""The parts of a manifest, each with its reader; a reader takes nothing on trust and says where the fault is."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from detection.edge import checked
from detection.edge.settings import Settings

DIGEST = r"[0-9a-f]{64}"
IDENTIFIER = r"[a-z0-9][a-z0-9_-]{0,63}"
RESERVED = ("manifest.json", "bundle.sig")
"""Names that stand for the manifest itself and for who signed it; no file of a manifest has them."""

_ACROSS = "suppression_across_classes"
_FILE_NAME = r"[a-z0-9][a-z0-9._/-]{0,199}"


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


def plain(part: Any) -> dict[str, object]:
    """A part's fields by their names; a number that may have a fraction is always spelled with one."""
    kinds = {field.name: field.type for field in dataclasses.fields(part)}
    return {name: float(getattr(part, name)) if of == "float" else getattr(part, name) for name, of in kinds.items()}


def file_name(value: object, where: str) -> str:
    """A path that stays inside the bundle: lower case, ``/`` between plain parts, no part that begins with a dot.

    Raises:
        BundleError: anything else.
    """
    name = checked.Fields({"name": value}, where, ("name",)).text("name", _FILE_NAME)
    if any(part == "" or part.startswith(".") for part in name.split("/")) or name in RESERVED:
        checked.fault(where, "a path of plain names inside the bundle", name)
    return name


def read_identifier(value: object, where: str) -> str:
    """A name that may stand in a path, a metric or a command."""
    return checked.Fields({"id": value}, where, ("id",)).text("id", IDENTIFIER)


def read_settings(value: object, where: str) -> Settings:
    """What leaves the detector."""
    names = ("suppression_iou", "score_floor", "maximum_detections")
    across = isinstance(value, dict) and _ACROSS in value
    fields = checked.Fields(value, where, (*names, _ACROSS) if across else names)
    if across and fields.any(_ACROSS) is not True:
        checked.fault(f"{where}: {_ACROSS}", "true, or no such field", fields.any(_ACROSS))
    return Settings(
        fields.number("suppression_iou", 0, 1),
        fields.number("score_floor", 0, 1),
        fields.whole("maximum_detections", 1, 100_000),
        across,
    )


def settings_to_json(settings: Settings) -> dict[str, object]:
    """Settings as the manifest has them: what is off is left out, so a runtime that does not know it can open it."""
    told = plain(settings)
    return told if settings.suppression_across_classes else {name: told[name] for name in told if name != _ACROSS}


def read_variant(value: object, where: str) -> Variant:
    """One form of the model."""
    fields = checked.Fields(value, where, ("name", "file", "engine", "precision", "width", "height"))
    return Variant(
        fields.text("name", IDENTIFIER),
        file_name(fields.any("file"), where),
        fields.text("engine", IDENTIFIER),
        fields.text("precision", IDENTIFIER),
        fields.whole("width", 1, 16384),
        fields.whole("height", 1, 16384),
    )


def read_target(value: object, where: str) -> Target:
    """A kind of device."""
    fields = checked.Fields(value, where, ("id", "machine", "engine", "variant", "p95_ms", "memory_mb"))
    return Target(
        fields.text("id", IDENTIFIER),
        fields.text("machine", IDENTIFIER),
        fields.text("engine", IDENTIFIER),
        fields.text("variant", IDENTIFIER),
        fields.number("p95_ms", 1e-3, 1e6),
        fields.number("memory_mb", 1, 1e6),
    )


def read_watch(value: object, where: str) -> Watch:
    """When an installation goes back."""
    names = ("window_s", "stall_s", "failed_share_maximum", "p95_factor_maximum", "starts_maximum")
    fields = checked.Fields(value, where, names)
    return Watch(
        fields.number("window_s", 0, 86_400),
        fields.number("stall_s", 0.1, 86_400),
        fields.number("failed_share_maximum", 0, 1),
        fields.number("p95_factor_maximum", 1, 1e6),
        fields.whole("starts_maximum", 1, 1000),
    )


def read_file(value: object, where: str) -> FileEntry:
    """One file."""
    fields = checked.Fields(value, where, ("name", "bytes", "sha256"))
    return FileEntry(
        file_name(fields.any("name"), where), fields.whole("bytes", 0, 2**40), fields.text("sha256", DIGEST)
    )
