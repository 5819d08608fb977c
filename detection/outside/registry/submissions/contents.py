"""Figures of a version, picked from what the stages measured: how good it is, how costly, what it was judged on."""

from __future__ import annotations

from collections.abc import Iterator

from detection.edge.trust.manifest import Manifest
from detection.rules.judging.costs import CostSheet
from detection.rules.judging.gates.lines import Line, Verdict
from detection.rules.judging.scores.rows import ALL, ScoreRow, ScoreSheet
from detection.rules.registry.registered import Metric, Resources

FIGURES = ("precision", "recall", "f1", "ap50", "ap50_95")
JUDGING = "golden"
"""The set on which conditions must be covered."""


def metrics(scores: ScoreSheet, verdict: Verdict) -> tuple[Metric, ...]:
    """Every figure over whole sets; what could not be counted is left out.

    Bounds are those that the gate proved, where it judged the figure; elsewhere the ends of the two-sided interval
    that ``evaluate`` gives, each of which bounds from its side at least as surely.
    """
    judged = {
        (one.set, one.variant, one.label, one.metric): one
        for one in verdict.lines
        if one.kind == "criterion" and not one.where
    }
    rows = (row for row in scores.rows if row.slice == ALL)
    return tuple(figure for row in rows for figure in _figures(row, judged))


def resources(manifest: Manifest, costs: CostSheet | None) -> tuple[Resources, ...]:
    """What each variant costs with as many threads as a device takes unless told otherwise; None where not measured."""
    found = []
    for variant in manifest.variants:
        model_mb = manifest.entry(variant.file).bytes / 1e6
        row = costs.row(variant.name, costs.threads[0]) if costs is not None and costs.rows else None
        if row is None or row.bytes != manifest.entry(variant.file).bytes:
            found.append(Resources(variant.name, None, None, None, model_mb))
        else:
            found.append(Resources(variant.name, row.p50_ms, row.p95_ms, row.memory_mb, model_mb))
    return tuple(found)


def covers(scores: ScoreSheet) -> tuple[str, ...]:
    """Values of conditions with frames in the golden set, such as ``lighting=dusk``, sorted; crossings left out."""
    slices = {row.slice for row in scores.rows if row.set == JUDGING and row.frames > 0}
    return tuple(sorted(one for one in slices if one.count("=") == 1 and not one.startswith("size=")))


def _figures(row: ScoreRow, judged: dict[tuple[str, str, str, str], Line]) -> Iterator[Metric]:
    for name in FIGURES:
        value = getattr(row, name)
        if value is None:
            continue
        line, interval = judged.get((row.set, row.variant, row.label, name)), getattr(row.intervals, name)
        bounds = line if line is not None and line.lower is not None else interval
        lower, upper = (None, None) if bounds is None else (bounds.lower, bounds.upper)
        yield Metric(row.set, row.variant, row.label, name, value, lower, upper)
