"""The audit log for people: what each entry says, in a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from detection.rules.evidence.registry.words import SHORT
from detection.rules.registry.entries import Entry

Said = Mapping[str, Any]


def line(entry: Entry) -> str:
    """``42  2026-06-24 08:00:00  engineer-2  rollback  warehouse-parcels/line-1/prod  010101010101  why``."""
    where = entry.slot or "everywhere" if entry.version else entry.slot or "–"
    parts = (
        f"{entry.number:>6}",
        entry.at[:19].replace("T", " "),
        f"{entry.actor:<12}",
        f"{entry.action:<9}",
        where,
        entry.version[:SHORT] or "–",
        words(entry),
    )
    return "  ".join(filter(None, parts))


def words(entry: Entry) -> str:
    """What an entry says beside who, where and which version; empty if it says no more."""
    try:
        said: Any = json.loads(entry.payload or "{}")
    except ValueError:
        return "its payload is no JSON"
    told = _TOLD.get(entry.action, _plain)
    return told(said) if isinstance(said, dict) else str(said)


def _ordered(said: Said) -> str:
    """Stages, reason and decision of an order."""
    order, way = _inside(said, "order"), f"{said['before']} → {said['after']}" if "before" in said else ""
    inner = _inside(order, "order")
    end = f"end of life {inner['end_of_life']}" if inner.get("end_of_life") else ""
    decision = f"decision {order['evidence']}" if order.get("evidence") else ""
    return ", ".join(filter(None, (way, str(inner.get("reason") or said.get("words") or ""), end, decision)))


def _approved(said: Said) -> str:
    approval = _inside(_inside(said, "approval"), "approval")
    return ": ".join(filter(None, (f"as {approval.get('role', '')}", str(approval.get("words") or ""))))


def _registered(said: Said) -> str:
    number = said.get("number")
    spelled = ".".join(map(str, number)) if isinstance(number, list) else str(number)
    return f"{spelled}, {said.get('reason', '')}"


def _pinned(said: Said) -> str:
    return f"deployment {str(said.get('digest', ''))[:SHORT]}"


def _exported(said: Said) -> str:
    return f"up to entry {said.get('head', '')}, SHA256SUMS {str(said.get('sums', ''))[:SHORT]}"


def _triggered(said: Said) -> str:
    """Why a return was for a person, and what asked for it."""
    refusals = said.get("refusals")
    codes = [str(one.get("why")) for one in refusals if isinstance(one, dict)] if isinstance(refusals, list) else []
    return f"not by itself ({', '.join(codes)}): {_inside(said, 'meant').get('reason', '')}"


def _plain(said: Said) -> str:
    return ", ".join(f"{key} {value}" for key, value in sorted(said.items()) if isinstance(value, str | int | float))


def _inside(said: Said, key: str) -> Said:
    found = said.get(key)
    return found if isinstance(found, dict) else {}


_TOLD: Mapping[str, Callable[[Said], str]] = {
    "register": _registered, "approve": _approved, "pin": _pinned, "export": _exported, "triggers": _triggered,
    **dict.fromkeys(("stage", "promote", "supersede", "rollback", "withdraw", "deprecate", "retire"), _ordered),
}  # fmt: skip
