"""One camera's minute as it leaves the device: counts, never pictures. One JSON line each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from detection.edge import checked
from detection.edge.telemetry import counters, latency
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.latency import Latencies
from detection.edge.telemetry.reference import counts_to_json, tally_from_json
from detection.edge.telemetry.signals import Tally
from detection.errors import BundleError, TelemetryError

FORMAT = 2
DEVICE = r"[a-z0-9][a-z0-9_-]{0,63}"
"""What a device may be called."""

_FIELDS = (
    "format", "device", "bundle", "variant", "boot", "sequence", "camera", "minute", "counters", "counts", "latency",
)  # fmt: skip
_MINUTE = r"20[2-9]\d-\d\d-\d\dT\d\d:\d\d:00Z"
_DIGEST = r"[0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What all records of one run have in common.

    Attributes:
        device: the device's name; see :data:`DEVICE`.
        bundle: SHA-256 of the manifest that was running; its reference has the edges.
        variant: which model variant looked.
        boot: 16 hex digits that name the run.
    """

    device: str
    bundle: str
    variant: str
    boot: str


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A minute, or a part of one: records of one camera and minute add up.

    Attributes:
        origin: who counted.
        sequence: counts the records of a run from 0; with device and boot it names a record for good.
        camera: the camera's name.
        minute: its beginning, UTC, ``2026-11-21T03:15:00Z``.
        counters: what happened.
        tally: frames that were answered, and their histograms.
        latency: counts for each of :data:`detection.edge.telemetry.latency.STEPS`.
    """

    origin: Origin
    sequence: int
    camera: str
    minute: str
    counters: Counters
    tally: Tally
    latency: Mapping[str, Latencies]

    @property
    def name(self) -> tuple[str, str, int]:
        """Device, boot and sequence: no other record is ever called so."""
        return self.origin.device, self.origin.boot, self.sequence

    def to_line(self) -> str:
        """One line of JSON with its newline."""
        value = {
            "format": FORMAT,
            "device": self.origin.device,
            "bundle": self.origin.bundle,
            "variant": self.origin.variant,
            "boot": self.origin.boot,
            "sequence": self.sequence,
            "camera": self.camera,
            "minute": self.minute,
            "counters": self.counters.to_json(),
            "counts": counts_to_json(self.tally),
            "latency": latency.to_json(self.latency),
        }
        return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"

    @classmethod
    def from_line(cls, line: bytes, where: str, bundle: str, edges: Mapping[str, Edges]) -> Record:
        """Read one line, hostile until checked.

        Args:
            line: the line's bytes.
            where: file and line, for the message.
            bundle: the manifest digest whose edges are given; a record of another bundle is refused.
            edges: for each signal, as the bundle's reference has them.

        Raises:
            TelemetryError: damaged, of another bundle, or figures that contradict each other.
        """
        try:
            fields = _fields(line, where)
            origin = _origin(fields)
            if origin.bundle != bundle:
                raise TelemetryError(
                    f"{where}: was counted under bundle {origin.bundle[:12]}, not under {bundle[:12]}; "
                    "name the bundle that ran"
                )
            happened = counters.from_json(fields.any("counters"), f"{where}: counters")
            found = cls(
                origin,
                fields.whole("sequence", 0, 2**53),
                fields.text("camera"),
                _minute(fields),
                happened,
                tally_from_json(happened.answered, fields.any("counts"), f"{where}: counts", edges),
                latency.from_json(fields.any("latency"), f"{where}: latency"),
            )
            found._require_sense(where)
            return found
        except BundleError as error:
            raise _said(error) from error

    def _require_sense(self, where: str) -> None:
        """Sums that must agree, agree; see also :func:`tally_from_json`."""
        for step, counts in self.latency.items():
            if int(counts.sum()) > self.counters.frames:
                checked.fault(f"{where}: latency: {step}", f"at most {self.counters.frames} frames", int(counts.sum()))


def origin_of(line: bytes, where: str) -> Origin:
    """Whose record a line is, before its bundle is known; the rest of it is not looked at.

    Raises:
        TelemetryError: not a record of this format.
    """
    try:
        return _origin(_fields(line, where))
    except BundleError as error:
        raise _said(error) from error


def _fields(line: bytes, where: str) -> checked.Fields:
    fields = checked.Fields(checked.parse(line, where), where, _FIELDS)
    fields.whole("format", FORMAT, FORMAT)
    return fields


def _origin(fields: checked.Fields) -> Origin:
    return Origin(
        fields.text("device", DEVICE),
        fields.text("bundle", _DIGEST),
        fields.text("variant"),
        fields.text("boot", r"[0-9a-f]{16}"),
    )


def _minute(fields: checked.Fields) -> str:
    minute = fields.text("minute", _MINUTE)
    try:
        datetime.fromisoformat(minute.replace("Z", "+00:00"))
    except ValueError:
        checked.fault(f"{fields.where}: minute", "a minute of a calendar", minute)
    return minute


def _said(error: BundleError) -> TelemetryError:
    return TelemetryError(re.sub("fetch the bundle again.*$", "leave it out", error.headline))
