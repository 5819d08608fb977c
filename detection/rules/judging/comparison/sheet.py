"""``comparison.json``: what was measured of champion and challenger, what was allowed, and what was recommended.

Every decision stands beside the figures it was made from, so that it can be made again from this document alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from detection.rules.spec.judging import Metric

Standing = Literal["BETTER", "WORSE", "TIE"]
"""Of the challenger: its lead is proven beyond the margin, it is proven to be behind, or neither."""
Outcome = Literal["PASS", "FAIL", "NOT PROVEN"]
Advice = Literal["PROMOTE", "KEEP"]
Watch = Literal["variants", "cases", "worst-condition", "calibration", "latency", "size"]
"""What a guardrail looks at."""


def answering_digest(model_digests: Mapping[str, str], calibration: bytes, thresholds: bytes) -> str:
    """What a bundle and a contender must have in common for a comparison of the one to speak of the other.

    Args:
        model_digests: variant to the SHA-256 of its model file.
        calibration: bytes of ``calibration.json``.
        thresholds: bytes of ``thresholds.json``.

    Returns:
        SHA-256 in lower-case hex over everything that decides an answer, the runtime left out: it is common to both.
    """
    parts = [f"{sha256}  {variant}" for variant, sha256 in sorted(model_digests.items())]
    parts += [hashlib.sha256(content).hexdigest() for content in (calibration, thresholds)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as it was judged.

    Attributes:
        name: how it was asked for: a folder, ``workspace`` or a revision of git.
        model_digests: variant to the SHA-256 of its model file, lower-case hex.
        bytes: size of what ships of it: models, calibration, thresholds and reference; the runtime is common to both.
        rescored: why its models were run again; ``""`` if the observations it came with are of these very sets,
            models and thresholds.
        answering_digest: see :func:`answering_digest`; ``""`` of sheets that were written before it was.
    """

    name: str
    model_digests: dict[str, str]
    bytes: int
    rescored: str
    answering_digest: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """One figure of both on the same frames, and how far apart they are.

    Attributes:
        champion: its figure; None where nothing could be counted.
        challenger: its figure; None where nothing could be counted.
        difference: challenger minus champion; None unless both are known.
        lower: the difference is at least this, at one-sided ``confidence``, by drawing groups for both at once; None
            where that says nothing (fewer than two groups).
        upper: the difference is at most this, likewise.
        confidence: one-sided.
        frames: that both were judged on.
        groups: independent groups of these frames.
    """

    champion: float | None
    challenger: float | None
    difference: float | None
    lower: float | None
    upper: float | None
    confidence: float
    frames: int
    groups: int


@dataclass(frozen=True, slots=True)
class Benefit:
    """The one figure by which the challenger must win.

    Attributes:
        variant: that was compared: the champion's default.
        set: the frozen set.
        metric: of the spec's section ``comparison``.
        gap: of that metric.
        margin: the lead that must be exceeded.
        objects: labelled objects in the set.
        sampling_margin: how far a share as high as the champion's, of as many objects, is off by chance alone if they
            were independent (:func:`margin.sampling_margin`): a reader's yardstick, not part of the decision; None
            without objects.
        standing: whether the lead is proven.
        sentence: all this in words.
    """

    variant: str
    set: str
    metric: Metric
    gap: Gap
    margin: float
    objects: int
    sampling_margin: float | None
    standing: Standing = "TIE"
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Harm:
    """How much worse the challenger is; below 0 it is better.

    Attributes:
        observed: the harm itself; None if it could not be measured.
        lower: it is at least this, at one-sided ``confidence``; ``observed`` where nothing is left to chance.
        upper: it is at most this, likewise.
        limit: what is allowed.
        relative: all of these are parts of the champion's figure.
        confidence: one-sided; None where nothing is left to chance.
    """

    observed: float | None
    lower: float | None
    upper: float | None
    limit: float
    relative: bool
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One thing that may not get worse.

    Attributes:
        watch: what it looks at.
        variant: of the models; ``""`` where it is about all of them.
        subject: in words, such as ``recall in the worst lighting``.
        champion: its figure, in ``unit``; None where there is none.
        challenger: likewise.
        unit: ``ms``, ``bytes`` or ``""``.
        harm: how much worse the challenger is, and what is allowed.
        n: how many frames, objects, detections or cases were counted.
        verdict: PASS if the harm is proven to be within the limit, FAIL if it is proven to be beyond.
        sentence: all this in words.
    """

    watch: Watch
    variant: str
    subject: str
    champion: float | None
    challenger: float | None
    unit: str
    harm: Harm
    n: int
    verdict: Outcome = "NOT PROVEN"
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do, and why.

    Attributes:
        advice: PROMOTE if the benefit is proven and every guardrail passes, else KEEP.
        reasons: in the order of their weight; each a sentence.
        counterfactuals: for each single finding that alone keeps the champion: what would be recommended without it.
    """

    advice: Advice
    reasons: tuple[str, ...]
    counterfactuals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One figure of both on one slice: for readers, decides nothing.

    Attributes:
        variant: the variant's name.
        label: class id, or ``every``.
        slice: ``all``, or ``<condition>=<value>``.
        metric: which figure.
        gap: of both.
    """

    variant: str
    label: str
    slice: str
    metric: Metric
    gap: Gap


@dataclass(frozen=True, slots=True)
class ComparisonSheet:
    """``comparison.json``, whole.

    Attributes:
        champion: what is live, or was there first.
        challenger: what would replace it.
        set_digests: judging set to the digest of its frames and labels; both were judged on these.
        benefit: what must be gained.
        guardrails: what may not be lost, each with its own verdict.
        recommendation: the decision.
        rows: differences by class and slice of the benefit's set.
        resamples: how often groups were drawn.
        seed: of these draws.
    """

    champion: Side
    challenger: Side
    set_digests: dict[str, str]
    benefit: Benefit
    guardrails: tuple[Guardrail, ...]
    recommendation: Recommendation
    rows: tuple[DifferenceRow, ...]
    resamples: int
    seed: int
