"""A request's body as JSON Schema, for whoever writes a sender, and for the fuzzer that tries to break the receiver."""

from __future__ import annotations

from typing import Any

from detection.edge.telemetry.counters import COUNTERS
from detection.edge.telemetry.latency import BINS, STEPS
from detection.edge.telemetry.records import DEVICE, FORMAT
from detection.edge.telemetry.signals import BOX_SIGNALS, FRAME_SIGNALS

_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53}
_COUNTS = {"type": "array", "items": _COUNT, "minItems": 3, "maxItems": 258}
_MET = {
    "type": "array",
    "items": {
        "type": "array",
        "prefixItems": [
            {"type": "integer", "minimum": 0, "maximum": BINS - 1},
            {"type": "integer", "minimum": 1, "maximum": 2**53},
        ],
        "items": False,
        "minItems": 2,
        "maxItems": 2,
    },
}


def _object(properties: dict[str, Any], others: Any = False) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": others,
    }


RECORD: dict[str, Any] = _object(
    {
        "format": {"const": FORMAT},
        "device": {"type": "string", "pattern": f"^{DEVICE}$"},
        "bundle": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "variant": {"type": "string", "maxLength": 255},
        "boot": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "sequence": _COUNT,
        "camera": {"type": "string", "maxLength": 255},
        "minute": {"type": "string", "pattern": "^20[2-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:00Z$"},
        "counters": _object(dict.fromkeys(COUNTERS, _COUNT)),
        "counts": _object(dict.fromkeys((*FRAME_SIGNALS, *BOX_SIGNALS), _COUNTS), _COUNTS),
        "latency": _object(dict.fromkeys(STEPS, _MET)),
    }
)
"""One line. A signal ``score/<class>`` for each class of the bundle stands among the counts."""

RECORDS: dict[str, Any] = {"type": "array", "items": RECORD, "minItems": 1, "maxItems": 4096}
"""The body: one record a line."""
