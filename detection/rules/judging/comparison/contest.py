"""Champion against challenger: what must be gained, what may not be lost, and where else they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from detection.errors import ModelError
from detection.rules.judging.comparison import guardrails
from detection.rules.judging.comparison.bouts import EVERYWHERE, Both, Bout, bout
from detection.rules.judging.comparison.guardrails import Drawing, Latencies
from detection.rules.judging.comparison.margin import sampling_margin
from detection.rules.judging.comparison.paired import gap
from detection.rules.judging.comparison.promotion import recommend, settled_benefit
from detection.rules.judging.comparison.sheet import Benefit, ComparisonSheet, DifferenceRow, Guardrail, Side
from detection.rules.judging.gates.cases import case_lines
from detection.rules.judging.gates.counting import Evidence
from detection.rules.judging.scores.known import expect_known
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.judging.scores.rows import ALL, EVERY
from detection.rules.spec.judging import Cases, Comparison, Guardrails, Metric


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What the spec says of comparisons.

    Attributes:
        comparison: what must be gained.
        guardrails: what may not be lost.
        cases: what must never happen.
        classes: class ids.
    """

    comparison: Comparison
    guardrails: Guardrails
    cases: Cases
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """One of the two: who it is, and what was observed of it on every frozen set."""

    side: Side
    observations: Observations


@dataclass(frozen=True, slots=True, eq=False)
class Arena:
    """What both were judged on.

    Attributes:
        facts: of the judged frames of every set.
        set_digests: of these sets.
        latencies: by variant; one that was not timed is missing.
        drawing: how groups and frames are drawn.
    """

    facts: FrameFacts
    set_digests: dict[str, str]
    latencies: Mapping[str, Latencies]
    drawing: Drawing


def contest(rules: Rules, champion: Contestant, challenger: Contestant, arena: Arena) -> ComparisonSheet:
    """Compare both, and recommend.

    The champion's default variant must win by the margin; every variant that both have must keep the guardrails.

    Raises:
        ModelError: they have no variant in common.
        LabelsError: one was observed on frames that nobody knows.
    """
    for one in (champion, challenger):
        expect_known(one.observations, arena.facts, f"observations of {one.side.name}")
    shared = shared_variants(champion.side, challenger.side)
    both = Both(champion.observations, challenger.observations)
    bouts = [bout(name, rules.comparison.set, both, arena.facts, arena.drawing) for name in shared]
    benefit = benefit_of(bouts[0], rules.comparison)
    rails = (
        guardrails.variants(tuple(champion.side.model_digests), tuple(challenger.side.model_digests)),
        guardrails.size(champion.side.bytes, challenger.side.bytes, rules.guardrails.bundle_increase_maximum),
        *(rail for one in bouts for rail in _guardrails(one, both, rules, arena)),
    )
    rows = tuple(row for one in bouts for row in _rows(one, rules))
    return ComparisonSheet(
        champion.side, challenger.side, arena.set_digests, benefit, rails, recommend(benefit, rails), rows,
        arena.drawing.resamples, arena.drawing.seed,
    )  # fmt: skip


def shared_variants(champion: Side, challenger: Side) -> list[str]:
    """Variants that both have, in the champion's order.

    Raises:
        ModelError: there is none.
    """
    shared = [name for name in champion.model_digests if name in challenger.model_digests]
    if not shared:
        raise ModelError(
            f"{champion.name} has {', '.join(champion.model_digests)}, {challenger.name} has "
            f"{', '.join(challenger.model_digests)}: no variant in common; convert the same variants to compare them"
        )
    return shared


def benefit_of(fought: Bout, asked: Comparison) -> Benefit:
    """What the challenger gains by the spec's metric."""
    measured = fought.measure(asked.metric)
    found = gap(measured.pair, measured.ground, asked.confidence)
    objects = fought.measure("recall").ground.n
    yardstick = sampling_margin(found.champion, objects) if objects and found.champion is not None else None
    return settled_benefit(
        Benefit(fought.variant, fought.set, asked.metric, found, asked.margin, objects, yardstick)
    )  # fmt: skip


def _guardrails(fought: Bout, both: Both, rules: Rules, arena: Arena) -> Iterator[Guardrail]:
    """Of one variant: named cases of any set, the worst value of each condition, what scores mean, time."""
    limits, confidence = rules.guardrails, rules.comparison.confidence
    yield _cases(fought.variant, both, rules.cases, arena)
    for condition in arena.facts.conditions:
        found = fought.worst(condition)
        if found is not None:
            fallen = gap(found.measured.pair, found.measured.ground, confidence)
            name, limit = f"{condition} ({found.value})", limits.worst_condition_recall_drop_maximum
            yield guardrails.worst_condition(fought.variant, name, fallen, limit, found.measured.ground.n)
    meant = fought.measure("calibration_error")
    risen, limit = gap(meant.pair, meant.ground, confidence), limits.calibration_error_increase_maximum
    yield guardrails.calibration(fought.variant, risen, limit, fought.detections())
    taken = arena.latencies.get(fought.variant, Latencies(np.zeros(0), np.zeros(0)))
    yield guardrails.latency(fought.variant, taken, limits.p95_increase_maximum, arena.drawing)


def _cases(variant: str, both: Both, cases: Cases, arena: Arena) -> Guardrail:
    champion, challenger = (
        [line for line in case_lines(cases, Evidence(one, arena.facts), [variant]) if line.verdict == "FAIL"]
        for one in both
    )
    violated = [line.sentence.removesuffix(f": {line.verdict}") for line in challenger]
    return guardrails.cases(variant, violated, len(champion), len(cases.never_miss) + len(cases.never_fire))


def _rows(fought: Bout, rules: Rules) -> Iterator[DifferenceRow]:
    """All classes and each alone on the whole set, then all classes under each value of each condition."""
    whole = [(label, ALL, EVERYWHERE) for label in (EVERY, *rules.classes)]
    values = [(name, value) for name in fought.facts.conditions for value in fought.values(name)]
    parts = [(EVERY, f"{name}={value}", {name: [value]}) for name, value in values]
    metrics: tuple[Metric, ...] = (rules.comparison.metric, "precision", "recall")
    for metric in dict.fromkeys(metrics):
        for label, name, where in (*whole, *parts):
            measured = fought.measure(metric, label, where)
            found = gap(measured.pair, measured.ground, rules.comparison.confidence)
            yield DifferenceRow(fought.variant, label, name, metric, found)
