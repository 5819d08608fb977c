"""One camera's minute as it leaves the device: counts, never pictures. One JSON line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from detection.edge import checked
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.reference import counts_to_json, tally_from_json
from detection.edge.telemetry.signals import Tally
from detection.errors import BundleError, TelemetryError

_FORMAT = 1
_FIELDS = ("format", "bundle", "variant", "boot", "sequence", "camera", "minute", "frames", "failed", "counts")
_MINUTE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z"


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A minute, or a part of one: records of one camera and minute add up.

    Attributes:
        bundle: SHA-256 of the manifest that was running; its reference has the edges.
        variant: which model variant looked.
        boot: names one run of the runtime.
        sequence: counts the records of a run from 0; with ``boot`` it names a record for good.
        camera: the camera's name.
        minute: its beginning, UTC, ``2026-11-21T03:15:00Z``.
        tally: frames that were seen, and their histograms.
        failed: frames that could not be decoded.
    """

    bundle: str
    variant: str
    boot: str
    sequence: int
    camera: str
    minute: str
    tally: Tally
    failed: int

    def to_line(self) -> str:
        """One line of JSON with its newline."""
        value = {
            "format": _FORMAT,
            "bundle": self.bundle,
            "variant": self.variant,
            "boot": self.boot,
            "sequence": self.sequence,
            "camera": self.camera,
            "minute": self.minute,
            "frames": self.tally.frames,
            "failed": self.failed,
            "counts": counts_to_json(self.tally),
        }
        return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_line(cls, line: bytes, where: str, bundle: str, edges: Mapping[str, Edges]) -> Record:
        """Read one line, hostile until checked.

        Args:
            line: the line's bytes.
            where: file and line, for the message.
            bundle: the manifest digest whose edges are given; a record of another bundle is refused.
            edges: for each signal.

        Raises:
            TelemetryError: damaged, or of another bundle.
        """
        try:
            fields = checked.Fields(checked.parse(line, where), where, _FIELDS)
            fields.whole("format", _FORMAT, _FORMAT)
            found = fields.text("bundle", r"[0-9a-f]{64}")
            if found != bundle:
                raise TelemetryError(
                    f"{where}: was counted under bundle {found[:12]}, not under {bundle[:12]}; name the bundle that ran"
                )
            frames, failed = fields.whole("frames", 0, 2**53), fields.whole("failed", 0, 2**53)
            return cls(
                found,
                fields.text("variant"),
                fields.text("boot", r"[0-9a-f]{16}"),
                fields.whole("sequence", 0, 2**53),
                fields.text("camera"),
                fields.text("minute", _MINUTE),
                tally_from_json(frames, fields.any("counts"), where, edges),
                failed,
            )
        except BundleError as error:
            raise TelemetryError(
                error.headline.replace("fetch the bundle again, or build it anew", "leave it out")
            ) from error
