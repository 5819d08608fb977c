"""A record that is kept elsewhere: whole, checkable without the registry, and every change of it found."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from detection.outside.assurance import exporting
from detection.outside.assurance.exporting import SUMS, RecordError
from detection.outside.database.registry import open_registry
from detection.outside.registry import people as enrolled
from detection.rules.registry import entries as chains
from detection.rules.registry.entries import Entry
from detection.rules.registry.readings import Head
from tests.examples_registry import GOVERNANCE, NOW, PEOPLE
from tests.examples_store import Desk, year


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of a registry in which a bit of everything has happened."""
    root = tmp_path_factory.mktemp("record")
    people = root / "people.yaml"
    for person in PEOPLE.people:
        enrolled.add(person, people)
    with open_registry(f"sqlite:///{root}/registry.db", create=True, at=NOW) as registry:
        year(Desk(registry))
        head = exporting.export(registry, root / "kept/2026-11", GOVERNANCE, people, NOW)
        assert head == registry.head()
    return root / "kept/2026-11"


def resummed(folder: Path) -> None:
    """As whoever edits a record would do it: with new digests."""
    (folder / SUMS).write_text("".join(exporting._sums(folder)))


def test_a_record_is_whole_and_can_be_checked_without_the_registry(record: Path) -> None:
    head = exporting.check(record)
    assert head.number == len((record / "entries.jsonl").read_text().splitlines())
    assert "What is not claimed" in (record / "STATEMENT.md").read_text()
    assert any(json.loads((record / "live.json").read_text())["history"].values())
    sums = subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=record, check=False)
    assert sums.returncode == 0


def _edit(folder: Path) -> None:
    (folder / "versions.json").write_text("[]")


def _added(folder: Path) -> None:
    (folder / "more.json").write_text("{}")


def _removed(folder: Path) -> None:
    (folder / "people.yaml").unlink()


@pytest.mark.parametrize("change", [_edit, _added, _removed], ids=["edited", "added", "removed"])
def test_a_changed_file_is_found(record: Path, tmp_path: Path, change: Callable[[Path], None]) -> None:
    shutil.copytree(record, tmp_path / "copy")
    change(tmp_path / "copy")
    with pytest.raises(RecordError, match="was changed, added or removed"):
        exporting.check(tmp_path / "copy")


def _without_last(lines: list[str]) -> list[str]:
    return lines[:-1]


def _without_middle(lines: list[str]) -> list[str]:
    return lines[:3] + lines[4:]


def _swapped(lines: list[str]) -> list[str]:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def _reworded(lines: list[str]) -> list[str]:
    return [line.replace("engineer-1", "engineer-9") for line in lines]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(_without_last, "it was cut", id="cut"),
        pytest.param(_without_middle, "an entry is missing", id="deleted"),
        pytest.param(_swapped, "entry 3", id="swapped"),
        pytest.param(_reworded, "was changed after it was written", id="edited"),
    ],
)
def test_a_log_that_was_changed_with_its_digests_is_found(
    record: Path, tmp_path: Path, change: Callable[[list[str]], list[str]], words: str
) -> None:
    """Whoever can write the folder can write its sums; the chain is what finds them."""
    shutil.copytree(record, tmp_path / "copy")
    log = tmp_path / "copy/entries.jsonl"
    log.write_text("".join(f"{line}\n" for line in change(log.read_text().splitlines())))
    resummed(tmp_path / "copy")
    with pytest.raises(RecordError, match=words):
        exporting.check(tmp_path / "copy")


def test_a_log_that_was_written_anew_bears_nobody_s_signature(record: Path, tmp_path: Path) -> None:
    """Whoever makes every digest anew, sums and head included, cannot sign; and without keys nobody can tell."""
    shutil.copytree(record, tmp_path / "copy")
    ending = json.loads((record / "head.json").read_text())
    before, lines = chains.seed_of(ending["registry"]), []
    for line in (record / "entries.jsonl").read_text().splitlines():
        entry = Entry(**json.loads(line.replace("frames fail", "frames fall")))
        entry = chains.sealed(replace(entry, before=before, digest=""))
        before = entry.digest
        lines.append(json.dumps(asdict(entry)) + "\n")
    (tmp_path / "copy/entries.jsonl").write_text("".join(lines))
    (tmp_path / "copy/head.json").write_text(json.dumps(ending | {"digest": before}))
    resummed(tmp_path / "copy")
    with pytest.raises(RecordError, match="is not good"):
        exporting.check(tmp_path / "copy")


def test_a_record_is_never_written_over(record: Path, tmp_path: Path) -> None:
    opened = open_registry(f"sqlite:///{tmp_path}/registry.db", create=True, at=NOW)
    with opened as registry, pytest.raises(RecordError, match="is there already"):
        exporting.export(registry, record, GOVERNANCE, tmp_path / "none", NOW)
    assert exporting.check(record).number > 1


def test_a_registry_whose_log_does_not_hold_is_not_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of a refused export."""
    with open_registry(f"sqlite:///{tmp_path}/registry.db", create=True, at=NOW) as registry:
        monkeypatch.setattr(registry, "head", lambda: Head(99, "0" * 64))
        with pytest.raises(RecordError, match="was changed while it was exported"):
            exporting.export(registry, tmp_path / "kept", GOVERNANCE, tmp_path / "none", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["registry.db"]
