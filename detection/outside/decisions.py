"""The decisions that were taken, in a folder that only grows: one file an entry, ``000001.json`` and on.

An entry is written whole under a temporary name, synced, and linked to its number: a link refuses a name that is taken,
so of two processes that decide at once one goes first and the other sees what it wrote. Nothing is ever changed or
removed; whoever opens the folder checks all of it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from pydantic import Field, TypeAdapter, ValidationError

from detection.errors import FaultsError
from detection.outside.files import DiskError
from detection.rules.field.retrain.deciding import decide
from detection.rules.field.retrain.evidence import Evidence
from detection.rules.field.retrain.policy import Policy
from detection.rules.field.retrain.records import (
    Entry,
    Inputs,
    Look,
    Record,
    digest_of,
    fault_of,
    proposals,
    sealed,
)

_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


class DecisionsError(FaultsError):
    """A folder of decisions was changed or is damaged: bring it back from a copy."""


class Ledger:
    """The decisions of one slot or fleet."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made with its first entry."""
        self._folder = folder

    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first, each checked against those before it.

        Raises:
            DecisionsError: an entry was changed, damaged or removed.
        """
        found: list[Entry] = []
        for path in sorted(self._folder.glob("[0-9]*.json")):
            entry = _read(path)
            fault = fault_of(entry, tuple(found))
            if fault or path.name != _name(entry):
                fault = fault or f"is the file of {_name(entry)}"
                raise DecisionsError(f"{path}: {fault}; bring the folder back from a copy")
            found.append(entry)
        return tuple(found)

    def records(self) -> tuple[Record, ...]:
        """The decisions among the entries."""
        return tuple(one for one in self.entries() if isinstance(one, Record))

    def find(self, name: str) -> Record:
        """A decision by its id, or by the beginning of it if only one has it.

        Raises:
            DecisionsError: none or several, or the folder is damaged.
        """
        records = self.records()
        wanted = name if name.startswith("decision-") else f"decision-{name}"
        found = [one for one in records if one.id.startswith(wanted)]
        if len(found) != 1:
            said = "no decision" if not found else f"{len(found)} decisions"
            raise DecisionsError(
                f"{self._folder}: has {said} {name!r} among {len(records)}; `detection replay` prints them"
            )
        return found[0]

    def decide(self, evidence: Evidence, policy: Policy, decided_at: datetime) -> Record:
        """Decide and keep the decision; evidence that was decided before gets the answer it got then.

        Args:
            evidence: what is known; when a person last looked is filled in from this folder.
            policy: what the spec decides.
            decided_at: the clock's time; no input of the decision.

        Raises:
            DecisionsError: the folder is damaged.
            DiskError: the disk refuses.
        """
        while True:
            entries = self.entries()
            looks = [one.at for one in entries if isinstance(one, Look) and one.at <= evidence.as_of]
            known = replace(evidence, looked_at=max(looks, default=None))
            inputs = Inputs(known, policy, proposals(entries))
            earlier = [one for one in entries if isinstance(one, Record) and one.id == inputs.key]
            if earlier:
                return earlier[0]
            decision = decide(known, policy, inputs.past)
            number, before = len(entries) + 1, _last_digest(entries)
            record = Record("decision", inputs.key, number, decided_at.astimezone(UTC), inputs, decision, before, "")
            if self._add(sealed(record)):
                return sealed(record)

    def look(self, by: str, words: str, at: datetime) -> Look:
        """Keep that a person looked; a circuit breaker counts anew from ``at``.

        Raises:
            DecisionsError: the folder is damaged.
            DiskError: the disk refuses.
        """
        name = f"look-{digest_of((by, words, at))[:16]}"
        while True:
            entries = self.entries()
            look = Look("look", name, len(entries) + 1, at.astimezone(UTC), by, words, _last_digest(entries), "")
            if self._add(sealed(look)):
                return sealed(look)

    def _add(self, entry: Entry) -> bool:
        """Write an entry under its number; False if another process took the number first."""
        path = self._folder / _name(entry)
        temporary = self._folder / f".{path.name}.{uuid4().hex}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return _linked(path, temporary, _ENTRY.dump_json(entry, indent=2) + b"\n")
        except OSError as error:
            raise DiskError(
                f"{path}: cannot be written ({error.strerror or error}); free space or mend it, then run again"
            ) from error


def _linked(path: Path, temporary: Path, content: bytes) -> bool:
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)
    return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_digest(entries: tuple[Entry, ...]) -> str:
    return entries[-1].digest if entries else ""


def _name(entry: Entry) -> str:
    return f"{entry.number:06d}.json"


def _read(path: Path) -> Entry:
    try:
        return _ENTRY.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = " ".join(str(error).split())[:160]
        raise DecisionsError(f"{path}: is no decision ({first}); bring the folder back from a copy") from error
