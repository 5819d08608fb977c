"""Named frames and boxes: what must be found, and where nothing may fire. Any violation fails; nothing is estimated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from detection.edge.boxes import iou
from detection.errors import DocumentError
from detection.rules.judging.gates.counting import Evidence
from detection.rules.judging.gates.lines import Line
from detection.rules.judging.matching import Flags
from detection.rules.judging.scores.rows import EVERY
from detection.rules.spec.judging import Cases, NeverFire, NeverMiss

Case = NeverMiss | NeverFire
JUDGING = ("test", "golden", "challenge")


def case_lines(cases: Cases, evidence: Evidence, variants: Sequence[str]) -> Iterator[Line]:
    """Every case for every variant.

    Raises:
        DocumentError: cases name frames that no set judges; all of them are named.
    """
    every: tuple[Case, ...] = (*cases.never_miss, *cases.never_fire)
    _check(every, evidence)
    for case in every:
        for variant in variants:
            yield _line(case, variant, evidence)


def _check(cases: Sequence[Case], evidence: Evidence) -> None:
    frames = evidence.frames
    judged = set(frames.name[np.isin(frames.set, JUDGING)])
    missing = sorted({case.frame for case in cases} - judged)
    if missing:
        raise DocumentError(
            "specs/spec.yaml: acceptance.cases name frames that no set judges; `detection golden add` freezes one, or "
            "take the case out",
            [f"{name}: not among the frames of {', '.join(JUDGING)}" for name in missing],
        )


def _line(case: Case, variant: str, evidence: Evidence) -> Line:
    seen, frames = evidence.observations, evidence.frames
    place = np.flatnonzero((frames.name == case.frame) & np.isin(frames.set, JUDGING))
    shown: Flags = (seen.variant == variant) & np.isin(seen.frame, frames.id[place])
    shown = shown & (seen.kind == "detection") & seen.kept
    if case.label != EVERY:
        shown = shown & (seen.label == case.label)
    count = int(_near(case, evidence, shown).sum())
    kept = count > 0 if isinstance(case, NeverMiss) else count == 0
    return Line(
        kind="case", set=str(frames.set[place[0]]), variant=variant, label=case.label, where={}, metric=_metric(case),
        at_least=1.0, confidence=1.0, observed=float(kept), lower=None, upper=None, n=1, groups=1,
        verdict="PASS" if kept else "FAIL", needs_more=None, sentence=_sentence(case, variant, count, kept=kept),
    )  # fmt: skip


def _near(case: Case, evidence: Evidence, shown: Flags) -> Flags:
    """``(k,)`` which of the shown detections lie where the case looks."""
    corners = evidence.observations.corners[shown]
    if isinstance(case, NeverMiss):
        return np.asarray(iou(corners, np.array([case.box], np.float32))[:, 0] >= case.iou)
    if case.region is None:
        return np.ones(len(corners), np.bool_)
    centre = (corners[:, :2] + corners[:, 2:]) / 2
    return np.asarray(((centre >= case.region[:2]) & (centre < case.region[2:])).all(axis=1))


def _metric(case: Case) -> str:
    return "never_miss" if isinstance(case, NeverMiss) else "never_fire"


def _sentence(case: Case, variant: str, count: int, *, kept: bool) -> str:
    label = "anything" if case.label == EVERY else case.label
    if isinstance(case, NeverMiss):
        box = " ".join(f"{corner:g}" for corner in case.box)
        said = f"must find {label} at {box}: {'found' if kept else f'not found at overlap {case.iou:g}'}"
    else:
        place = "anywhere" if case.region is None else "at " + " ".join(f"{corner:g}" for corner in case.region)
        said = f"must not fire {label} {place}: {'silent' if kept else f'{count} detection' + 's' * (count != 1)}"
    return f"{case.frame} · {variant} · {said} ({case.why}): {'PASS' if kept else 'FAIL'}"
