"""The ML Test Score: honest zeros without evidence, and each row moved by the evidence that it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from detection.rules.assurance.evidence import Evidence, Governed, Told
from detection.rules.assurance.maturity import matured
from detection.rules.assurance.score import reading_of, scored
from detection.rules.evidence.learning import Overfit
from detection.rules.evidence.lineage import Digest
from detection.rules.labels.intake.collection import Collection, Contribution
from detection.rules.registry.readings import Live
from detection.rules.registry.registered import Content, Version
from detection.rules.registry.slots import Slot
from tests.examples_registry import NOW, SLOT, content, period, version
from tests.examples_rehearsal import rehearsal_sheet
from tests.examples_verdict import SPEC, gate, parity

NOTHING = Evidence(NOW, SPEC, None, None, None, None, None, (), None, "", None, (), (), None)
LINEAGE = replace(version().content.lineage, commit="abcdef012345", changed=False)
COLLECTION = Collection(
    "warehouse", "scenes", "", 10, 20, ("ann-1",), (),
    (Contribution("warehouse", "scenes", "scenes", "", "1", "Apache-2.0", "not-needed", None, 10, 20, ("ann-1",), 0),),
)  # fmt: skip
LIVE = Live(SLOT, version(), replace(period(2, 2), since=NOW - timedelta(days=3)))
GOVERNED = Governed((version(),), (LIVE,), (LIVE.period,), 1, "")
MUCH = replace(
    NOTHING, verdict=gate("PASS"), parity=parity(), overfit=Overfit(8, 0.98, 0.95), collection=COLLECTION,
    lineage=LINEAGE, diagnosed=12, bundle="b" * 64, governed=GOVERNED,
)  # fmt: skip


def points(evidence: Evidence, section: str, number: int) -> float:
    return next(row.answer.points for row in scored(evidence).rows if (row.section, row.number) == (section, number))


def test_without_evidence_every_row_is_zero_and_names_the_next_step() -> None:
    """A score that is kind to an empty folder is worth nothing."""
    found = scored(NOTHING)
    assert len(found.rows) == 28
    assert found.final == 0
    assert {row.answer.points for row in found.rows} == {0}
    assert all(row.answer.why and not row.answer.proof for row in found.rows)
    assert found.reading == "more of a research project than a system for production"


def test_a_score_is_the_smallest_of_its_sections() -> None:
    found = scored(MUCH)
    assert found.final == min(one.points for one in found.sections)
    for one in found.sections:
        assert one.points == sum(row.answer.points for row in found.rows if row.section == one.section)


def test_every_point_names_its_proof() -> None:
    assert all(bool(row.answer.proof) == (row.answer.points > 0) for row in scored(MUCH).rows)
    assert {row.answer.points for row in scored(MUCH).rows} == {0, 0.5, 1}


@pytest.mark.parametrize(
    ("section", "number", "change", "before", "after"),
    [
        pytest.param("Data", 1, lambda e: replace(e, collection=None), 1, 0, id="D1"),
        pytest.param("Data", 3, lambda e: replace(e, verdict=None), 1, 0, id="D3"),
        pytest.param("Data", 4, lambda e: replace(e, collection=_foreign()), 1, 0, id="D4"),
        pytest.param("Data", 7, lambda e: replace(e, parity=replace(e.parity, verdict="FAIL")), 1, 0, id="D7"),
        pytest.param("Model", 1, lambda e: replace(e, governed=None), 1, 0.5, id="M1-nobody-signed"),
        pytest.param("Model", 1, lambda e: replace(e, lineage=replace(LINEAGE, changed=True)), 1, 0, id="M1-changed"),
        pytest.param("Model", 3, lambda e: replace(e, governed=_tried(3)), 0, 0.5, id="M3"),
        pytest.param("Model", 4, lambda e: replace(e, story=(Told("alarm", True, "early"),)), 0, 0.5, id="M4"),
        pytest.param("Model", 6, lambda e: replace(e, verdict=gate("NOT PROVEN")), 1, 0, id="M6"),
        pytest.param("Infrastructure", 1, lambda e: replace(e, governed=_twins()), 0.5, 1, id="I1"),
        pytest.param("Infrastructure", 2, lambda e: replace(e, overfit=Overfit(8, 0.9, 0.95)), 1, 0, id="I2"),
        pytest.param("Infrastructure", 3, lambda e: replace(e, rehearsal=_rehearsed(e)), 0, 1, id="I3"),
        pytest.param(
            "Infrastructure",
            3,
            lambda e: replace(e, rehearsal=replace(rehearsal_sheet(), verdict="PASS", model_digests={})),
            0,
            0.5,
            id="I3-earlier",
        ),
        pytest.param("Infrastructure", 4, lambda e: replace(e, bundle=""), 1, 0, id="I4"),
        pytest.param("Infrastructure", 5, lambda e: replace(e, diagnosed=None), 1, 0, id="I5"),
        pytest.param("Infrastructure", 6, lambda e: replace(e, governed=_beside()), 0.5, 1, id="I6"),
        pytest.param("Infrastructure", 7, lambda e: replace(e, governed=_went_back()), 0, 1, id="I7"),
        pytest.param("Monitoring", 3, lambda e: replace(e, bundle=""), 1, 0, id="O3"),
        pytest.param("Monitoring", 4, lambda e: replace(e, now=NOW + timedelta(days=400)), 1, 0.5, id="O4-old"),
        pytest.param("Monitoring", 4, lambda e: replace(e, governed=None), 1, 0, id="O4-nothing"),
    ],
)
def test_a_row_follows_its_evidence(
    section: str, number: int, change: Callable[[Evidence], Evidence], before: float, after: float
) -> None:
    assert points(MUCH, section, number) == before
    assert points(change(MUCH), section, number) == after


def test_changed_packages_are_named() -> None:
    pins = (Digest("requirements/edge.txt", "0" * 64),)
    row = next(row for row in scored(replace(MUCH, pins=pins)).rows if row.section == "Monitoring" and row.number == 1)
    assert "requirements/edge.txt" in row.answer.why


@pytest.mark.parametrize(
    ("final", "words"),
    [(0, "research project"), (0.5, "serious holes"), (1, "serious holes"), (2, "first pass"), (3, "reasonably"),
     (5, "strong levels"), (5.5, "exceptional")],
)  # fmt: skip
def test_the_papers_bounds_are_exceeded_not_reached(final: float, words: str) -> None:
    assert words in reading_of(final)


def test_the_next_move_is_that_of_the_first_no() -> None:
    assert (matured(NOTHING).level, matured(NOTHING).move) == (0, "dvc repro")
    committed = replace(MUCH, governed=None)
    assert matured(committed).level == 1
    assert "approve" in matured(committed).move
    back = matured(replace(MUCH, governed=_went_back()))
    assert (back.level, back.questions[2].holds) == (2, False)
    assert "telemetry receive" in back.move


def test_a_broken_log_is_no_governance() -> None:
    broken = replace(_went_back(), chain="entry 7: was changed")
    assert "does not hold" in matured(replace(MUCH, governed=broken)).questions[1].why


def _foreign() -> Collection:
    return replace(COLLECTION, contributions=(replace(COLLECTION.contributions[0], origin="elsewhere"),))


def _tried(count: int) -> Governed:
    return replace(GOVERNED, versions=tuple(_of(content(at, params_digest=f"{at:064x}")) for at in range(1, count + 1)))


def _twins() -> Governed:
    lineage = version().content.lineage
    return replace(GOVERNED, versions=tuple(_of(content(at, lineage=lineage)) for at in (1, 2)))


def _of(made: Content) -> Version:
    return replace(version(), content=made)


def _beside() -> Governed:
    dev = replace(LIVE, slot=Slot(SLOT.model, SLOT.place, "dev"))
    return replace(GOVERNED, live=(LIVE, dev))


def _went_back() -> Governed:
    return replace(GOVERNED, periods=(replace(LIVE.period, action="rollback"), LIVE.period))


def _rehearsed(evidence: Evidence) -> object:
    assert evidence.verdict is not None
    return replace(rehearsal_sheet(), verdict="PASS", model_digests=evidence.verdict.model_digests)
