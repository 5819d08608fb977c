"""What a device left behind, beside the bundle it ran: read once, checked, and compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from detection.edge.telemetry.outbox import read_segments
from detection.edge.telemetry.reference import Reference
from detection.edge.trust.bundle import Bundle
from detection.errors import TelemetryError
from detection.outside import documents
from detection.rules.field.drift import Standing, Tally, watch
from detection.rules.field.windows import bounds, scenes, windows
from detection.rules.spec.field import Monitoring
from detection.rules.spec.spec import Spec


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """A telemetry folder, compared with the bundle's reference.

    Attributes:
        monitoring: the settings that travelled in the bundle.
        reference: the validated world, scene by scene.
        scenes: the same as rows.
        windows: the field, window by window.
        standings: what the comparison says, camera by camera and signal by signal.
        failed: camera to frames that could not be decoded.
        variants: model variants that ran, sorted.
    """

    monitoring: Monitoring
    reference: Reference
    scenes: Tally
    windows: Tally
    standings: tuple[Standing, ...]
    failed: dict[str, int]
    variants: tuple[str, ...]


def watch_folder(folder: Path, bundle: Bundle, seed: int = 0) -> Watched:
    """Read the segments of any number of runs and compare them with what was validated.

    Args:
        folder: with the segments.
        bundle: that was running, verified.
        seed: of the draws behind the bounds.

    Raises:
        TelemetryError: no record at all, a damaged or foreign one, or an empty reference.
        BundleError: the bundle's reference is not one.
        DocumentError: the bundle's evidence lacks the specification.
    """
    monitoring = monitoring_of(bundle)
    reference = bundle.reference()
    if not reference.blocks:
        raise TelemetryError(f"{bundle.folder}: its reference holds no scene; nothing can be compared; build it anew")
    records = list(read_segments(folder, bundle.digest, reference.edges))
    if not records:
        raise TelemetryError(f"{folder}: holds no record; expected *.jsonl as `run --telemetry` writes it")
    failed: Counter[str] = Counter()
    for record in records:
        failed[record.camera] += record.failed
    before, after = scenes(reference), windows(records, reference, monitoring.window_s)
    standings = watch(before, after, bounds(monitoring), seed)
    variants = tuple(sorted({record.variant for record in records}))
    return Watched(monitoring, reference, before, after, standings, dict(failed), variants)


def monitoring_of(bundle: Bundle) -> Monitoring:
    """The monitoring settings of the specification that travels in the bundle.

    Raises:
        BundleError: the evidence lacks it, or it was changed.
        DocumentError: it is not a specification.
    """
    bundle.read("evidence/spec.yaml")
    return documents.read_document(Spec, bundle.folder / "evidence" / "spec.yaml").monitoring
