"""The registry's record in a folder that needs no registry to be read or checked: JSON, digests, a statement.

STATEMENT.md    what is claimed and what is not
entries.jsonl   the audit log, an entry a line
head.json       its end
versions.json   all versions with their content
live.json       what is in Production, and each slot's history
people.yaml     public keys, as they were
SHA256SUMS      of all of these, as `sha256sum --check` reads it
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from detection.errors import DetectionError
from detection.outside import documents, files
from detection.outside.database.registry import Registry
from detection.rules.assurance.duties import statement
from detection.rules.registry import entries as chains
from detection.rules.registry.entries import Entry
from detection.rules.registry.readings import Head
from detection.rules.registry.signatures import statements
from detection.rules.spec.governance import Governance
from detection.rules.spec.people import People

SUMS, ENTRIES, HEAD, PEOPLE = "SHA256SUMS", "entries.jsonl", "head.json", "people.yaml"
NOBODY = People.model_construct(version=1, people=[])


class RecordError(DetectionError):
    """An exported record is not whole: bring it from another copy."""


@dataclass(frozen=True, slots=True)
class Ending:
    """``head.json``: of which registry, and where its log ended."""

    registry: str
    number: int
    digest: str


def export(registry: Registry, folder: Path, governance: Governance, people: Path, at: datetime) -> Head:
    """Write the record into a new folder, whole or not at all.

    Args:
        registry: that is recorded; its log is checked first.
        folder: must not exist.
        governance: for retention and owner.
        people: the file of who may act.
        at: the clock's time.

    Raises:
        RecordError: the folder is there, or the registry's own log does not hold.
        DiskError: the disk is full or refuses.
    """
    if folder.exists():
        raise RecordError(f"{folder}: is there already; a record is never written over: name a new folder")
    fault = registry.fault()
    if fault is not None:
        raise RecordError(f"{registry.place}: entry {fault.number} {fault.words}; nothing was exported: mend it first")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        head = _write(registry, temporary)
        files.write_text(temporary / "STATEMENT.md", statement(governance, registry.id, head, at.isoformat()))
        if registry.head() != head:
            raise RecordError(f"{registry.place}: was changed while it was exported; run it again")
        if people.exists():
            files.write_bytes(temporary / PEOPLE, people.read_bytes())
        files.write_text(temporary / SUMS, "".join(_sums(temporary)))
        temporary.chmod(0o755)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return head


def note(registry: Registry, folder: Path, head: Head, by: str, at: datetime) -> Entry:
    """Leave a line in the log: who took a record away, up to which entry, and which record it is.

    Args:
        registry: that was exported.
        folder: of the record; the digest of its ``SHA256SUMS`` tells it from any other.
        head: where the record ends.
        by: id of who exported; claimed, not proven.
        at: the clock's time.

    Raises:
        RegistryError: the registry takes no entry, because it can only be read, or the clock lies behind.
    """
    sums = hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    return registry.note("export", by, None, "", json.dumps({"head": head.number, "sums": sums}), at)


def check(folder: Path) -> Head:
    """Check a record without the registry: the digest of every file, the whole chain, every signature.

    Orders and approvals are verified with the keys of the people whose file lies beside them.

    Raises:
        RecordError: anything is missing, added or changed.
        DocumentError: a file cannot be read as what it is.
    """
    promised = (folder / SUMS).read_text("utf-8") if (folder / SUMS).is_file() else ""
    if promised != "".join(_sums(folder)):
        raise RecordError(f"{folder}: a file was changed, added or removed since the export; bring another copy")
    ending = documents.read_value(Ending, folder / HEAD)
    last = Head(0, chains.seed_of(ending.registry))
    found = tuple(_entries(folder / ENTRIES))
    fault = chains.first_fault(ending.registry, found)
    if fault is not None:
        raise RecordError(f"{folder / ENTRIES}: entry {fault.number} {fault.words}; bring another copy")
    if found:
        last = Head(found[-1].number, found[-1].digest)
    _refuse_unsigned(folder, found)
    if last != Head(ending.number, ending.digest):
        raise RecordError(f"{folder / ENTRIES}: ends with entry {last.number}, {HEAD} says {ending.number}; it was cut")
    return last


def _refuse_unsigned(folder: Path, found: Sequence[Entry]) -> None:
    """Every statement is of whom it says; a record without people says so by having nobody to ask."""
    people = documents.read_document(People, folder / PEOPLE) if (folder / PEOPLE).is_file() else NOBODY
    for entry in found:
        if fault := statements.fault_of(entry, people):
            raise RecordError(f"{folder / ENTRIES}: entry {entry.number} {fault}; bring another copy, or its {PEOPLE}")


def _write(registry: Registry, folder: Path) -> Head:
    head = Head(0, chains.seed_of(registry.id))
    with files.atomic(folder / ENTRIES) as path, path.open("w", encoding="utf-8") as stream:
        for entry in registry.entries():
            stream.write(json.dumps(asdict(entry), ensure_ascii=True, sort_keys=True) + "\n")
            head = Head(entry.number, entry.digest)
    documents.write_value(folder / HEAD, Ending(registry.id, head.number, head.digest))
    documents.write_value(folder / "versions.json", registry.versions())
    histories = {str(slot): registry.history(slot, limit=1_000_000) for slot in registry.slots()}
    documents.write_value(folder / "live.json", {"live": registry.live(), "history": histories})
    return head


def _entries(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise RecordError(f"{path}:{number}: is no entry; bring another copy") from error


def _sums(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.name != SUMS:
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
            yield f"{digest}  {path.name}\n"
