"""The folder of decisions: once for one evidence, whole, and no change goes unseen."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detection.outside.decisions import DecisionsError, Ledger
from detection.outside.files import DiskError
from detection.rules.field.retrain.decision import Action
from detection.rules.field.retrain.records import replayed
from tests.examples_decisions import NOW, POLICY, QUIET, drift

CLOCK = datetime(2026, 9, 2, 9, tzinfo=UTC)
DRIFTED = replace(QUIET, drifts=(drift(),))


def later(days: float):  # type: ignore[no-untyped-def]
    return replace(DRIFTED, as_of=NOW + timedelta(days=days))


def take(folder: Path, labels: int) -> str:
    return Ledger(folder).decide(replace(QUIET, labels_at_hand=labels), POLICY, CLOCK).id


@pytest.fixture
def full(tmp_path: Path) -> Ledger:
    """A proposal, a quiet day, and a decision within the cooldown."""
    ledger = Ledger(tmp_path)
    for evidence in (DRIFTED, replace(QUIET, as_of=NOW + timedelta(days=1)), later(2)):
        ledger.decide(evidence, POLICY, CLOCK)
    return ledger


def test_the_same_evidence_is_decided_once(tmp_path: Path) -> None:
    first = Ledger(tmp_path).decide(DRIFTED, POLICY, CLOCK)
    again = Ledger(tmp_path).decide(DRIFTED, POLICY, CLOCK + timedelta(days=40))
    assert again == first
    assert len(Ledger(tmp_path).entries()) == 1


def test_a_decision_knows_the_proposals_before_it_and_replays(full: Ledger) -> None:
    actions = [record.decision.action for record in full.records()]
    assert actions == [Action.PROPOSE, Action.KEEP, Action.KEEP]
    assert [replayed(record) for record in full.records()] == [record.decision for record in full.records()]


def test_a_persons_look_closes_the_circuit(tmp_path: Path) -> None:
    ledger, cautious = Ledger(tmp_path), replace(POLICY, breaker_proposals=1, cooldown_days=0)
    assert ledger.decide(DRIFTED, cautious, CLOCK).decision.action is Action.PROPOSE
    assert ledger.decide(later(1), cautious, CLOCK).decision.action is Action.INVESTIGATE
    ledger.look("quality", "the lamp was replaced", NOW + timedelta(days=1.5))
    assert ledger.decide(later(2), cautious, CLOCK).decision.action is Action.PROPOSE


def test_a_decision_is_found_by_the_beginning_of_its_id(full: Ledger) -> None:
    wanted = full.records()[1]
    assert full.find(wanted.id) == full.find(wanted.id.removeprefix("decision-")[:8]) == wanted
    with pytest.raises(DecisionsError, match="no decision 'ffff'"):
        full.find("ffff")
    with pytest.raises(DecisionsError, match="3 decisions ''"):
        full.find("")


def changed(path: Path, *keys: str, to: object) -> None:
    value = json.loads(path.read_text())
    inner = value
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("keys", "to"),
    [
        pytest.param(("inputs", "evidence", "labels_at_hand"), 7, id="evidence"),
        pytest.param(("inputs", "policy", "cooldown_days"), 0, id="policy"),
        pytest.param(("inputs", "past"), [{"decision": "x", "at": "2026-01-01T00:00:00Z"}], id="past"),
        pytest.param(("decision", "action"), "sample", id="answer"),
        pytest.param(("decided_at",), "2026-01-01T00:00:00Z", id="moment"),
        pytest.param(("before",), "0" * 64, id="chain"),
        pytest.param(("digest",), "0" * 64, id="digest"),
        pytest.param(("more",), 1, id="unknown key"),
        pytest.param(("kind",), "rumour", id="kind"),
    ],
)
@pytest.mark.parametrize("number", [1, 3])
def test_any_change_is_found(full: Ledger, tmp_path: Path, number: int, keys: tuple[str, ...], to: object) -> None:
    path = tmp_path / f"{number:06d}.json"
    changed(path, *keys, to=to)
    with pytest.raises(DecisionsError, match=rf"{path.name}: .*bring the folder back"):
        full.entries()


def test_a_record_that_was_sealed_anew_is_found_by_its_neighbours_and_its_key(full: Ledger, tmp_path: Path) -> None:
    """Who changes the evidence and mends the digest has the id and the next entry against them."""
    from pydantic import TypeAdapter

    from detection.rules.field.retrain.records import Record, sealed

    path, record = tmp_path / "000001.json", full.records()[0]
    forged = sealed(replace(record, decision=replace(record.decision, label_hours=0.0)))
    path.write_bytes(TypeAdapter(Record).dump_json(forged))
    with pytest.raises(DecisionsError, match=r"000002\.json: does not follow"):
        full.entries()


@pytest.mark.parametrize("name", ["000001.json", "000002.json"])
def test_a_missing_entry_is_found(full: Ledger, tmp_path: Path, name: str) -> None:
    (tmp_path / name).unlink()
    with pytest.raises(DecisionsError, match="an entry is missing"):
        full.entries()


def test_a_file_without_sense_is_one_line(full: Ledger, tmp_path: Path) -> None:
    (tmp_path / "000002.json").write_bytes(b"\x00\xff" * 900)
    with pytest.raises(DecisionsError) as caught:
        full.entries()
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 400


def test_half_written_entries_are_passed_over(full: Ledger, tmp_path: Path) -> None:
    """What a crash leaves behind has a name of its own."""
    (tmp_path / ".000004.json.77.part").write_text("{")
    assert len(full.entries()) == 3


def test_those_who_decide_at_once_each_get_a_number(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(take, [tmp_path] * 12, [i % 6 for i in range(12)]))
    entries = Ledger(tmp_path).entries()
    assert len(entries) == len(set(made)) == 6


def test_a_disk_that_refuses_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="cannot be written"):
        Ledger(tmp_path / "file").decide(QUIET, POLICY, CLOCK)


def _decide_for_ever(folder: Path, told: int) -> None:
    """Tell each decision after it was kept."""
    for labels in range(10**9):
        record = Ledger(folder).decide(replace(QUIET, labels_at_hand=labels), POLICY, CLOCK)
        os.write(told, f"{record.id}\n".encode())


def test_whoever_is_killed_leaves_a_whole_folder_and_loses_nothing_that_was_told(tmp_path: Path) -> None:
    """25 kills at any moment: whatever was told before is there, and the chain is sound."""
    kept, dice = set[str](), random.Random(3)
    for _ in range(25):
        told, telling = os.pipe()
        child = multiprocessing.get_context("fork").Process(target=_decide_for_ever, args=(tmp_path, telling))
        child.start()
        os.close(telling)
        time.sleep(dice.uniform(0.005, 0.05))
        child.kill()
        child.join()
        with os.fdopen(told) as stream:
            kept |= {line.strip() for line in stream if line.endswith("\n")}
    assert kept <= {record.id for record in Ledger(tmp_path).records()}
    assert kept
