"""What a device sent, line by line: records that may be stored, or the reason why not. Hostile until checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from detection.edge.telemetry.records import Origin, Record, origin_of
from detection.errors import TelemetryError
from detection.outside.telemetry.columns import MOST, seconds_of
from detection.outside.telemetry.stored.known import Known

LINE_BYTES = 256 * 1024
"""No record is longer: forty classes with 256 edges each are less."""
LINES = 4096
AHEAD = timedelta(minutes=10)
"""A device's clock may be so far ahead of ours; how far behind nobody can say, for a receiver may be down for days."""

_SHOWN = 200


class Kind(Enum):
    """Why a record is refused."""

    MALFORMED = "malformed"
    """Not a record, or figures that contradict each other; or a minute that has not begun."""
    CONFLICT = "conflict"
    """Another record is called so."""
    UNKNOWN_BUNDLE = "unknown bundle"
    """Nobody has named the bundle to the receiver yet."""
    FOREIGN = "foreign device"
    """The key is another device's."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that is not stored.

    Attributes:
        line: its number, from 1.
        kind: what it comes to.
        reason: for people, one line.
    """

    line: int
    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record and the line it came by."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request's lines.

    Attributes:
        records: sound ones, in order.
        refusals: of all other lines.
    """

    records: tuple[Numbered, ...]
    refusals: tuple[Refusal, ...]


def check(body: bytes, device: str, recall: Callable[[str], Known | None], now: datetime) -> Delivery:
    """Check every line of a request.

    Args:
        body: JSON lines.
        device: whose key was shown.
        recall: gives what is known of a bundle, by its digest.
        now: to find clocks that run ahead.

    Returns:
        Records and refusals; nothing but refusals if any line is of another device: such a key is misused.
    """
    lines = [line for line in body.split(b"\n") if line.strip()]
    if not 0 < len(lines) <= LINES:
        reason = f"the request has {len(lines)} lines; expected 1 to {LINES}; send fewer at a time"
        return Delivery((), (Refusal(0, Kind.MALFORMED, reason),))
    records, refusals = [], []
    for number, line in enumerate(lines, start=1):
        found = _check(line, number, device, recall, now)
        if isinstance(found, Record):
            records.append(Numbered(number, found))
        else:
            refusals.append(found)
    foreign = tuple(refusal for refusal in refusals if refusal.kind is Kind.FOREIGN)
    return Delivery((), foreign) if foreign else Delivery(tuple(records), tuple(refusals))


def _check(
    line: bytes, number: int, device: str, recall: Callable[[str], Known | None], now: datetime
) -> Record | Refusal:
    where = f"line {number}"
    try:
        if len(line) > LINE_BYTES:
            raise TelemetryError(f"{where}: {len(line)} bytes; expected at most {LINE_BYTES}; leave it out")
        origin = origin_of(line, where)
        if origin.device != device:
            reason = f"{where}: is of device {origin.device}, the key is of {device}; use each device's own key"
            return Refusal(number, Kind.FOREIGN, reason)
        known = recall(origin.bundle)
        if known is None:
            return Refusal(number, Kind.UNKNOWN_BUNDLE, _unknown(where, origin))
        record = Record.from_line(line, where, origin.bundle, known.edges)
        _require_possible(record, where, now)
        return record
    except TelemetryError as error:
        return Refusal(number, Kind.MALFORMED, error.headline[:_SHOWN])


def _require_possible(record: Record, where: str, now: datetime) -> None:
    if seconds_of(record.minute) > (now + AHEAD).timestamp():
        raise TelemetryError(f"{where}: minute {record.minute} has not begun ({now:%Y-%m-%dT%H:%M}Z); set the clock")
    largest = max(*record.counters.values(), *(int(h.counts.max()) for h in record.tally.signals.values()))
    if largest > MOST:
        raise TelemetryError(f"{where}: a count of {largest} in one minute; expected at most {MOST}; leave it out")


def _unknown(where: str, origin: Origin) -> str:
    return (
        f"{where}: bundle {origin.bundle[:12]} is not known here; "
        "`detection telemetry know BUNDLE --store STORE`, then send it again"
    )
