"""Two registered versions side by side: what got better, what it costs, what was changed, and what to do.

Figures of two versions that were measured apart can seldom be told apart: only ``detection compare``, which judges both
on the same frames, may say PROMOTE. Without it the answer is at best to compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from detection.rules.registry.registered import Content, Metric, Version
from detection.rules.registry.situations import Compared
from detection.rules.registry.versions import numbering

Says = Literal["better", "worse", "same", "within noise", "unknown"]
Group = Literal["metrics", "latency", "memory", "size"]
Kind = Literal["contract", "targets", "conditions", "data", "spec", "params", "environment", "code", "training"]
Advice = Literal["PROMOTE", "KEEP", "COMPARE FIRST"]

COST_NOISE = 0.1
"""Costs that lie no further apart than this part of the first were measured twice rather than changed; a reader's
yardstick, not part of a decision: the gate and ``detection compare`` have limits of their own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both.

    Attributes:
        group: what it is about.
        variant: that was measured; ``""`` where it is about all of them.
        name: such as ``golden recall of box``, ``p95``.
        before: of the first; None where it was not measured.
        after: of the second; likewise.
        unit: ``ms``, ``MB`` or ``""``.
        says: of the second. Metrics are better or worse where their bounds do not touch, costs where they lie apart
            by more than :data:`COST_NOISE`.
    """

    group: Group
    variant: str
    name: str
    before: float | None
    after: float | None
    unit: str
    says: Says

    @property
    def difference(self) -> float | None:
        """After minus before; None unless both are known."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not the same in both; ``""`` where one lacks it."""

    kind: Kind
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions, and what to do about the second where the first is live.

    Attributes:
        before: the first.
        after: the second.
        figures: by group, then variant and name.
        changes: in the order of :data:`Kind`; empty if both were made of the same.
        advice: what to do.
        reasons: why; sentences, the weightiest first; at least one.
    """

    before: Version
    after: Version
    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]
    advice: Advice
    reasons: tuple[str, ...]


def compared(before: Version, after: Version, sheet: Compared | None) -> Comparison:
    """Compare two versions of the registry.

    Args:
        before: what is live, or older.
        after: what might replace it.
        sheet: what ``detection compare`` said; counts only if it is of these two, in this order.
    """
    figures = (*_metrics(before.content, after.content), *_costs(before.content, after.content))
    changes = tuple(_changes(before.content, after.content))
    pair = before.content.digest, after.content.digest
    said = sheet if sheet is not None and (sheet.champion, sheet.challenger) == pair else None
    bars = tuple(_bars(before, after))
    advice = _advice(bars, said, figures)
    reasons = (*bars, *_proof(said, figures), *_notes(figures, changes))
    return Comparison(before, after, figures, changes, advice, reasons)


def _metrics(before: Content, after: Content) -> Iterator[Figure]:
    first, second = ({_key(one): one for one in content.metrics} for content in (before, after))
    for key in sorted({*first, *second}):
        one, other = first.get(key), second.get(key)
        variant, rest = key[0], key[1:]
        name = f"{rest[0]} {rest[2]}" + ("" if rest[1] == "every" else f" of {rest[1]}")
        a, b = None if one is None else one.value, None if other is None else other.value
        yield Figure("metrics", variant, name, a, b, "", _proven(one, other))


def _key(metric: Metric) -> tuple[str, str, str, str]:
    return metric.variant, metric.set, metric.label, metric.name


def _proven(one: Metric | None, other: Metric | None) -> Says:
    if one is None or other is None:
        return "unknown"
    if one.value == other.value:
        return "same"
    if one.upper is not None and other.lower is not None and other.lower > one.upper:
        return "better"
    if one.lower is not None and other.upper is not None and other.upper < one.lower:
        return "worse"
    return "within noise"


def _costs(before: Content, after: Content) -> Iterator[Figure]:
    first, second = ({one.variant: one for one in content.resources} for content in (before, after))
    for variant in sorted({*first, *second}):
        one, other = first.get(variant), second.get(variant)
        for group, name, unit, attribute in _COSTS:
            a, b = getattr(one, attribute, None), getattr(other, attribute, None)
            if a is not None or b is not None:
                yield Figure(group, variant, name, a, b, unit, _dearer(a, b))
    a, b = before.bundle_mb, after.bundle_mb
    yield Figure("size", "", "bundle", a, b, "MB", _dearer(a, b))


_COSTS: tuple[tuple[Group, str, str, str], ...] = (
    ("latency", "p50", "ms", "p50_ms"),
    ("latency", "p95", "ms", "p95_ms"),
    ("memory", "resident", "MB", "memory_mb"),
    ("size", "model", "MB", "model_mb"),
)


def _dearer(before: float | None, after: float | None) -> Says:
    if before is None or after is None:
        return "unknown"
    if before == after:
        return "same"
    if abs(after - before) <= COST_NOISE * before:
        return "within noise"
    return "worse" if after > before else "better"


def _changes(before: Content, after: Content) -> Iterator[Change]:
    for words in numbering.breaks(before.contract, after.contract):
        yield Change("contract", words, "", "")
    yield from _sets("targets", before.targets, after.targets)
    yield from _sets("conditions", before.covers, after.covers)
    data = [{one.name: one.sha256 for one in content.lineage.data} for content in (before, after)]
    yield from _named("data", *data)
    yield from _single("spec", "specs/spec.yaml", before.spec_digest, after.spec_digest)
    yield from _single("params", "params.yaml", before.params_digest, after.params_digest)
    packages = [{one.name: one.version for one in content.lineage.packages} for content in (before, after)]
    yield from _named("environment", *packages)
    yield from _single("environment", "requirements", before.environment_digest, after.environment_digest)
    yield from _single("environment", "python", before.lineage.python, after.lineage.python)
    yield from _single("environment", "platform", before.lineage.platform, after.lineage.platform)
    yield from _single("code", "package", before.lineage.code, after.lineage.code)
    yield from _single("code", "commit", before.lineage.commit, after.lineage.commit)
    yield from _single("training", "seed", str(before.lineage.seed), str(after.lineage.seed))
    yield from _single("training", "threads", str(before.lineage.threads), str(after.lineage.threads))


def _single(kind: Kind, name: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(kind, name, before, after)


def _named(kind: Kind, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        yield from _single(kind, name, before.get(name, ""), after.get(name, ""))


def _sets(kind: Kind, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    for one in sorted({*before} ^ {*after}):
        yield Change(kind, one, one if one in before else "", one if one in after else "")


def _bars(before: Version, after: Version) -> Iterator[str]:
    """What stands against the second whatever its figures are."""
    if after.content.verdict != "PASS":
        yield f"{after.number} did not pass its gate: {after.content.verdict}"
    if not after.content.parity:
        yield f"{after.number} has no parity certificate that holds"
    if after.retired:
        yield f"{after.number} is retired for good"
    elif after.deprecated:
        yield f"{after.number} is deprecated: {after.deprecated}"
    if before.number.major != after.number.major:
        yield f"{after.number} answers by another contract than {before.number}: its consumers have to change first"


def _advice(bars: Sequence[str], said: Compared | None, figures: Sequence[Figure]) -> Advice:
    if bars:
        return "KEEP"
    if said is not None:
        return "PROMOTE" if said.advice == "PROMOTE" else "KEEP"
    says = [one.says for one in figures if one.group == "metrics"]
    return "KEEP" if "worse" in says and "better" not in says else "COMPARE FIRST"


def _proof(said: Compared | None, figures: Sequence[Figure]) -> Iterator[str]:
    if said is not None:
        yield f"by the comparison on the same frames, {said.advice}: {said.headline}"
        return
    metrics = [one for one in figures if one.group == "metrics"]
    counts = {says: sum(one.says == says for one in metrics) for says in ("better", "worse")}
    yield (
        f"of {len(metrics)} figures {counts['better']} are surely better and {counts['worse']} surely worse, measured "
        "apart; to tell the others apart, judge both on the same frames: detection compare"
    )


def _notes(figures: Sequence[Figure], changes: Sequence[Change]) -> Iterator[str]:
    for one in figures:
        if one.says == "worse" and one.before is not None and one.after is not None:
            where = f"{one.variant} " if one.variant else ""
            unit = f" {one.unit}" if one.unit else ""
            yield f"worse: {where}{one.name} {one.after:.4g}{unit}, was {one.before:.4g}{unit}"
    kinds = {change.kind for change in changes}
    if "spec" in kinds:
        yield "the specification differs: the two were not asked the same"
    if "data" in kinds:
        yield "the data differ: figures of the two need not be of the same frames"
