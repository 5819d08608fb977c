"""All that can block a release, brought to one form: a line of the gate, a row of parity, a stage that refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from detection.rules.judging.gates.lines import Line, Verdict
from detection.rules.judging.parity import Difference, ParityReport, ParityRow
from detection.rules.judging.rehearsal import Check, Guard
from detection.rules.judging.scores.rows import EVERY

CERTIFIER = "split"
"""The stage that certifies the split, or refuses it."""


def of_verdict(verdict: Verdict) -> tuple[Check, ...]:
    """One check a line; the parity certificate is left to :func:`of_parity`, which knows its rows."""
    return _distinct(_of_line(line) for line in verdict.lines if "parity" not in (line.kind, line.metric))


def of_parity(report: ParityReport) -> tuple[Check, ...]:
    """One check a comparison; its figure is the measure that lies farthest beyond its limit."""
    return _distinct(_of_row(row) for row in report.rows)


def goes_on(stage: str) -> Check:
    """A stage that refused nothing."""
    return Check(_guard(stage), _question(stage), "PASS", None, None, "", None, f"stage {stage} refused nothing")


def refused(stage: str, said: str) -> Check:
    """A stage that would not go on, and its own words."""
    return Check(_guard(stage), _question(stage), "REFUSED", None, None, "", None, said)


def _guard(stage: str) -> Guard:
    return "certificate" if stage == CERTIFIER else "digest"


def _question(stage: str) -> str:
    return "the split is certified" if stage == CERTIFIER else f"stage {stage} takes what it reads"


def _of_line(line: Line) -> Check:
    upwards = line.at_least is not None
    limit = line.at_least if upwards else line.at_most
    proven = line.lower if upwards else line.upper
    margin = None
    if limit is not None and proven is not None:
        margin = limit - proven if upwards else proven - limit
    return Check("gate", _subject(line), line.verdict, proven, limit, "", margin, line.sentence)


def _subject(line: Line) -> str:
    where = ", ".join(f"{condition}={'|'.join(values)}" for condition, values in sorted(line.where.items()))
    of = f" of {line.label}" if line.label != EVERY else ""
    place = f"{line.set} at {where}" if where else line.set
    asked = f"{line.metric}{of}" if line.kind == "criterion" else f"{line.kind}: {line.metric}{of}"
    return " · ".join(part for part in (place, line.variant, asked) if part)


def _of_row(row: ParityRow) -> Check:
    name = f"{row.level}{' ' * bool(row.variant)}{row.variant}: {row.left} and {row.right}"
    worst = max(row.differences, key=_times)
    said = f"{name}: {worst.name} differs by {worst.observed:.3g} {worst.unit}".rstrip()
    told = f"{said} (at most {worst.limit:g}) over {row.frames} frames: {row.verdict}"
    margin = worst.observed - worst.limit
    return Check("parity", name, row.verdict, worst.observed, worst.limit, worst.unit, margin, told)


def _times(measure: Difference) -> float:
    """How many times its limit a measure is; where nothing is allowed, anything is infinitely much."""
    if measure.limit:
        return measure.observed / measure.limit
    return float("inf") if measure.observed else 0.0


def _distinct(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Names made unique by a number, in the order given: the spec's order, with a fault as without."""
    met: Counter[str] = Counter()
    named = []
    for check in checks:
        met[check.name] += 1
        number = met[check.name]
        named.append(check if number == 1 else replace(check, name=f"{check.name} ({number})"))
    return tuple(named)
