"""Benefits and guardrails as a comparison finds them: a clear win, and what can be in its way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.comparison.contest import Arena, Contestant, Rules
from detection.rules.judging.comparison.guardrails import Drawing, Latencies
from detection.rules.judging.comparison.promotion import settled_benefit, settled_guardrail
from detection.rules.judging.comparison.sheet import Benefit, Gap, Guardrail, Harm, Side, Watch
from detection.rules.judging.scores.observations import FrameFacts, Observations, joined
from detection.rules.spec.judging import Cases, Comparison, Guardrails


def gap(champion: float = 0.590, lead: float = 0.030, reach: float = 0.012) -> Gap:
    """The challenger leads by ``lead``, give or take ``reach``."""
    return Gap(champion, champion + lead, lead, lead - reach, lead + reach, 0.95, 360, 24)


def benefit(found: Gap | None = None, margin: float = 0.01) -> Benefit:
    """Judged on ``found``, or on a clear win."""
    return settled_benefit(Benefit("fp32", "test", "ap50_95", found or gap(), margin, 1400, 0.026))


def guardrail(watch: Watch = "calibration", harm: float = 0.0, reach: float = 0.005, limit: float = 0.02) -> Guardrail:
    """A figure that got worse by ``harm``, give or take ``reach``."""
    measured = Harm(harm, harm - reach, harm + reach, limit, relative=False, confidence=0.95)
    subject = "expected calibration error"
    return settled_guardrail(Guardrail(watch, "fp32", subject, 0.04, 0.04 + harm, "", measured, 1400))


def latency(champion_ms: float, challenger_ms: float, limit: float = 0.10) -> Guardrail:
    """The p95 of both, with 1 % of noise."""
    harm = challenger_ms / champion_ms - 1
    measured = Harm(harm, harm - 0.01, harm + 0.01, limit, relative=True, confidence=0.95)
    subject = "from decoded frame to detections"
    return settled_guardrail(Guardrail("latency", "fp32", subject, champion_ms, challenger_ms, "ms", measured, 200))


SCENES, FRAMES, OBJECTS = 24, 5, 4
"""Groups, frames of each, objects of each frame."""
LIGHTS = ("bright", "dusk")


def frames() -> FrameFacts:
    """Every other scene is at dusk."""
    scene = np.repeat(np.arange(SCENES), FRAMES)
    ids = [f"{i:03d}" for i in range(len(scene))]
    names = [f"{one}.jpg" for one in ids]
    light = np.array(LIGHTS, object)[scene % 2]
    return FrameFacts(
        id=np.array(ids, object), name=np.array(names, object),
        group=np.array([f"scene{i:02d}" for i in scene], object),
        set=np.full(len(scene), "test", object), conditions={"lighting": light},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skill:
    """How good a model is: part of the objects it finds, in all and at dusk, and how well it places boxes, 0 to 9."""

    bright: float
    dusk: float
    overlap: int = 7


def observations(skill: Skill, variant: str = "fp32", seed: int = 0) -> Observations:
    """What a model of that skill shows on :func:`frames`: the same objects are easy for every model.

    An object is found if its difficulty, drawn once for all models, is below the skill; some have a false one beside.
    """
    facts = frames()
    frame = np.repeat(np.arange(len(facts)), OBJECTS)
    difficulty = np.random.default_rng(0).random(len(frame))
    noise = np.random.default_rng(seed).normal(0, 0.02, len(frame))
    dusk = facts.conditions["lighting"][frame] == "dusk"
    found = difficulty + noise < np.where(dusk, skill.dusk, skill.bright)
    false = np.random.default_rng(seed + 1).random(len(frame)) < 0.1
    shown = np.concatenate((np.flatnonzero(found), np.flatnonzero(false)))
    right = np.repeat([True, False], (found.sum(), false.sum()))
    score = np.where(right, 0.9 - 0.2 * difficulty[shown], 0.4)
    n, m = len(shown), len(frame)
    of = np.concatenate((frame[shown], frame))
    nothing = np.full(m, np.nan)
    return Observations(
        variant=np.full(n + m, variant, object), set=facts.set[of], frame=facts.id[of], group=facts.group[of],
        label=np.full(n + m, "box", object), kind=np.repeat(np.array(["detection", "object"], object), (n, m)),
        kept=np.ones(n + m, np.bool_), correct=np.concatenate((right, found)),
        hits=np.concatenate((right * (2**skill.overlap - 1), np.zeros(m))).astype(np.uint16),
        raw=np.concatenate((score, nothing)), score=np.concatenate((score, nothing)),
        corners=np.tile(np.array([10, 10, 50, 50], np.float32), (n + m, 1)), size=np.full(n + m, "medium", object),
        conditions={"lighting": facts.conditions["lighting"][of]},
    )  # fmt: skip


def contestant(name: str, *seen: Observations, size: int = 12_000_000) -> Contestant:
    """A model whose variants made these observations."""
    digests = {str(one.variant[0]): hashlib.sha256(f"{name} {one.variant[0]}".encode()).hexdigest() for one in seen}
    return Contestant(Side(name, digests, size, ""), joined(seen))


def arena(*variants: str, slower: float = 1.0) -> Arena:
    """Where both were timed at 10 ms, the challenger ``slower`` times as much."""
    champion = 10 * np.exp(np.random.default_rng(0).normal(0, 0.02, 200))
    taken = Latencies(champion, champion * slower)
    return Arena(frames(), {"test": "0" * 64}, dict.fromkeys(variants or ("fp32",), taken), Drawing(400, 0, 0.95))


def rules(margin: float = 0.01, cases: Cases | None = None) -> Rules:
    """The spec's, with recall deciding."""
    return Rules(
        Comparison(set="test", metric="recall", margin=margin, confidence=0.95),
        Guardrails(
            p95_increase_maximum=0.10, bundle_increase_maximum=0.10, worst_condition_recall_drop_maximum=0.02,
            calibration_error_increase_maximum=0.05,
        ),
        cases or Cases(never_miss=[], never_fire=[]),
        ("box",),
    )  # fmt: skip
