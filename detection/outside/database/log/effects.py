"""What an entry of the log does to the tables. Writers apply it; whoever checks applies it again and compares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from detection.outside.database.texts import canonical
from detection.rules.registry.entries import Entry

Cell = str | int
Manner = Literal["add", "keep", "put", "change"]
"""Add a row that is not there; keep it if it is; add or overwrite it; change some columns of one that is there."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One row that an entry writes.

    Attributes:
        table: its name.
        manner: how.
        cells: by column; the primary key is always among them.
    """

    table: str
    manner: Manner
    cells: Mapping[str, Cell]


STAGE_ACTIONS = frozenset({"stage", "promote", "supersede", "rollback", "withdraw"})


def effects(entry: Entry) -> tuple[Effect, ...]:
    """The rows that an entry writes, in the order in which they are written."""
    said: dict[str, Any] = json.loads(entry.payload)
    slot = (Effect("slots", "keep", {"name": entry.slot, "epoch": 0}),) if entry.slot else ()
    if entry.action in STAGE_ACTIONS:
        return (*slot, *_moved(entry, said))
    if entry.action == "register":
        return (*slot, *_registered(entry, said))
    if entry.action in {"deprecate", "retire"}:
        return (*slot, _ended(entry, said["order"]["order"]))
    if entry.action in {"pin", "nonce", "approve"}:
        return (*slot, _given(entry, said))
    if entry.action == "intent":
        return (*slot, _intended(entry, said))
    return slot


def facts(content: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Kind, name and value of everything a version was made from, sorted, each once."""
    lineage = content["lineage"]
    found = {("data", one["name"], one["sha256"]) for one in lineage["data"]}
    found |= {("package", one["name"], one["version"]) for one in lineage["packages"]}
    found |= {("run", "", run) for run in content["runs"]}
    found |= {("commit", "", lineage["commit"])} if lineage["commit"] else set()
    found |= {("parent", "", content["parent"])} if content["parent"] else set()
    return tuple(sorted(found))


def _registered(entry: Entry, said: Mapping[str, Any]) -> tuple[Effect, ...]:
    content, (major, minor, patch) = said["content"], said["number"]
    row: dict[str, Cell] = {
        "digest": entry.version, "model": content["model"], "major": major, "minor": minor, "patch": patch,
        "reason": said["reason"], "content": canonical(content), "submitter": said["submitter"],
        "registered_at": entry.at, "deprecated": "", "end_of_life": "", "retired": 0, "entry": entry.number,
    }  # fmt: skip
    known = (
        Effect("facts", "add", {"kind": kind, "name": name, "value": value, "version": entry.version})
        for kind, name, value in facts(content)
    )
    return (Effect("versions", "add", row), *known)


def _ended(entry: Entry, order: Mapping[str, Any]) -> Effect:
    row: dict[str, Cell] = {"digest": entry.version, "entry": entry.number}
    if entry.action == "retire":
        return Effect("versions", "change", {**row, "retired": 1})
    words = {"deprecated": order["reason"], "end_of_life": order["end_of_life"]}
    return Effect("versions", "change", {**row, **words})


def _given(entry: Entry, said: Mapping[str, Any]) -> Effect:
    row: dict[str, Cell] = {"entry": entry.number, "slot": entry.slot}
    if entry.action == "pin":
        said_too = {"digest": said["digest"], "plan": canonical(said["plan"]), "text": said["text"]}
        return Effect("pins", "add", {**row, **said_too})
    row["version"] = entry.version
    if entry.action == "nonce":
        return Effect("nonces", "add", {**row, "nonce": said["nonce"], "used_by_entry": 0})
    signed = said["approval"]
    return Effect("approvals", "add", {**row, "signature": signed["signature"], "approval": canonical(signed)})


def _intended(entry: Entry, said: Mapping[str, Any]) -> Effect:
    if "outcome" in said:
        finished = {"outcome": said["outcome"], "finished_at": entry.at, "finished_entry": entry.number}
        return Effect("intents", "change", {"key": said["key"], **finished})
    begun = {"payload": said["payload"], "begun_at": entry.at, "begun_entry": entry.number}
    return Effect(
        "intents", "add", {"key": said["key"], **begun, "outcome": "", "finished_at": "", "finished_entry": 0}
    )


def _moved(entry: Entry, said: Mapping[str, Any]) -> tuple[Effect, ...]:
    stage: dict[str, Cell] = {"slot": entry.slot, "version": entry.version, "stage": said["after"]}
    found = [Effect("stages", "put", {**stage, "since": entry.at, "entry": entry.number})]
    if "period" in said:
        found += _period(entry, said["period"], said["order"]["order"])
    for nonce in said.get("nonces", ()):
        found.append(Effect("nonces", "change", {"nonce": nonce, "used_by_entry": entry.number}))
    return tuple(found)


def _period(entry: Entry, period: Mapping[str, Any], order: Mapping[str, Any]) -> list[Effect]:
    row: dict[str, Cell] = {
        "slot": entry.slot, "epoch": period["epoch"], "version": period["live"], "since": entry.at,
        "action": order["verb"], "actor": entry.actor, "reason": order["reason"], "entry": entry.number,
        "rollback_authorised": int(period["rollback_authorised"]),
    }  # fmt: skip
    return [
        Effect("periods", "add", row),
        Effect("slots", "change", {"name": entry.slot, "epoch": period["epoch"]}),
    ]
