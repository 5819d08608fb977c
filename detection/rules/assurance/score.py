"""The ML Test Score: 28 tests of what production asks of a learning system, seven a section, each with its proof.

Breck, Cai, Nielsen, Salib and Sculley: The ML Test Score, a rubric for ML production readiness and technical debt
reduction, IEEE Big Data 2017. A test counts 0.5 if it is done by hand and written down and 1 if a machine does it again
and again; a section is the sum of its tests and the score the smallest of the four sections. The questions are in our
words, and read for a detector: its features are pixels, its serving is a device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detection.rules.assurance import data, infrastructure, model, monitoring
from detection.rules.assurance.evidence import Answer, Evidence

Test = tuple[str, Callable[[Evidence], Answer]]

SECTIONS: dict[str, tuple[Test, ...]] = {
    "Data": data.TESTS,
    "Model": model.TESTS,
    "Infrastructure": infrastructure.TESTS,
    "Monitoring": monitoring.TESTS,
}

READINGS = (
    (5, "exceptional"),
    (3, "strong levels of automated testing and monitoring"),
    (2, "reasonably tested; more could be automated"),
    (1, "a first pass; more is worth the effort"),
    (0, "not without tests, but with serious holes in reliability"),
)
"""What the paper says of a score above each bound (its table of interpretations, in our words)."""
NOTHING = "more of a research project than a system for production"


@dataclass(frozen=True, slots=True)
class Row:
    """One test, answered."""

    section: str
    number: int
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class SectionSum:
    """Points of one section, of 7."""

    section: str
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """``score.json``.

    Attributes:
        rows: 28 of them, in the paper's order.
        sections: their sums.
        final: the smallest of these.
        reading: what the paper says of such a score.
    """

    rows: tuple[Row, ...]
    sections: tuple[SectionSum, ...]
    final: float
    reading: str


def scored(evidence: Evidence) -> Score:
    """Answer every row from the evidence."""
    rows = tuple(
        Row(section, number, question, answer(evidence))
        for section, tests in SECTIONS.items()
        for number, (question, answer) in enumerate(tests, 1)
    )
    sums = tuple(
        SectionSum(section, sum(row.answer.points for row in rows if row.section == section)) for section in SECTIONS
    )
    final = min(one.points for one in sums)
    return Score(rows, sums, final, reading_of(final))


def reading_of(final: float) -> str:
    """What the paper says of a score."""
    return next((words for above, words in READINGS if final > above), NOTHING)
