"""Values as the database keeps them: canonical JSON, and moments as text that sorts as time does."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from detection.outside.database.faults import RegistryError
from detection.rules.registry.registered import Content
from detection.rules.registry.signatures.approvals import SignedApproval
from detection.rules.registry.signatures.orders import SignedOrder
from detection.rules.registry.signatures.signing import moment
from detection.rules.spec.slots import SlotPlan

Value = Content | SignedApproval | SignedOrder | SlotPlan

CONTENT = TypeAdapter(Content)
APPROVAL = TypeAdapter(SignedApproval)
ORDER = TypeAdapter(SignedOrder)
PLAN = TypeAdapter(SlotPlan)

spelled = moment
"""A moment as entries have it: ``2026-11-21T03:15:00.123456Z``."""


def canonical(value: Any) -> str:
    """Plain values as JSON: keys sorted, no white space, ASCII; same value same text.

    Raises:
        RegistryError: a number that is none, a character that is none, or something that JSON does not know.
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, TypeError) as error:
        raise RegistryError(f"cannot be kept as JSON ({error}); expected text, finite numbers, lists, keys") from error
    if "\\u0000" in text:
        raise RegistryError("a text with the character NUL cannot be kept; remove it")
    return text


def plain(adapter: TypeAdapter[Any], value: Value) -> Any:
    """A value as JSON knows it: dicts, lists, text, numbers."""
    return adapter.dump_python(value, mode="json")


def read_moment(words: str) -> datetime:
    """Back from :func:`spelled`."""
    return datetime.fromisoformat(words)
