"""Two contenders judged on the same frozen sets, those of the workspace, and timed in turn.

What a contender's own stages observed is taken where it is of these very sets, models, maps and thresholds; otherwise
its models are run again, as they would ship.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from detection.errors import DocumentError, LabelsError, ModelError
from detection.outside import documents, inference, tables
from detection.outside.contenders.opening import Contender, open_contender, refuse_leak
from detection.outside.contenders.stopwatch import timed
from detection.outside.dataset import Dataset
from detection.outside.examination import Examined, cuts_of, examine, facts_of
from detection.outside.revisions.places import DATA
from detection.rules.judging import sets
from detection.rules.judging.comparison.contest import Arena, Contestant, Rules, contest, shared_variants
from detection.rules.judging.comparison.guardrails import Drawing, Latencies
from detection.rules.judging.comparison.sheet import ComparisonSheet, Side
from detection.rules.judging.matching import Flags, Predictions
from detection.rules.judging.scores.known import strangers
from detection.rules.judging.scores.observations import Observations, joined, observe
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.spec.spec import Spec

SCORES, OBSERVATIONS = "evaluate/scores.json", "evaluate/observations.parquet"


@dataclass(frozen=True, slots=True)
class Terms:
    """How two are compared.

    Attributes:
        spec: today's; both are held to it.
        drawing: how groups are drawn.
        timed: frames on which both are timed, at most.
        threads: that compute one frame.
        again: run both again, whatever their stages left.
    """

    spec: Spec
    drawing: Drawing
    timed: int
    threads: int
    again: bool


def compared(champion: str, challenger: str, terms: Terms, root: Path = Path()) -> ComparisonSheet:
    """Open both, judge both, decide.

    Args:
        champion: ``workspace``, a folder, or a revision of git.
        challenger: likewise.
        terms: how.
        root: the repository's folder; its ``data`` holds the frozen sets.

    Raises:
        RevisionError: a contender, or a part of it, is not here.
        LeakageError: a contender learned from frames that judge.
        LabelsError: the set that decides holds no frame.
        ModelError: they know other classes, or have no variant in common.
    """
    dataset = Dataset.open(root / DATA)
    if not len(dataset.chosen(terms.spec.comparison.set)):
        raise LabelsError(
            f"set {terms.spec.comparison.set} holds no frame, so nothing can be compared; mend stage split"
        )
    both = [open_contender(name, root) for name in (champion, challenger)]
    for one in both:
        _expect_classes(one, terms.spec, older=one is both[0])
        refuse_leak(one, dataset, sets.JUDGING)
    first, second = (contestant(one, dataset, terms) for one in both)
    spec, facts = terms.spec, facts_of(dataset)
    arena = Arena(
        facts.take(dataset.chosen(*sets.JUDGING)),
        sets.digests(dataset.frames, dataset.labels, dataset.split_of),
        {name: _timed(both, name, dataset, terms) for name in shared_variants(first.side, second.side)},
        terms.drawing,
    )
    rules = Rules(spec.comparison, spec.guardrails, spec.acceptance.cases, tuple(spec.class_ids()))
    return contest(rules, first, second, arena)


def contestant(one: Contender, dataset: Dataset, terms: Terms) -> Contestant:
    """What is seen of a contender on the frozen sets, by its own stages or by running it again."""
    reason = "it was asked for" if terms.again else why_again(one, dataset, terms.spec)
    seen = _run(one, dataset, terms) if reason else _stored(one)
    return Contestant(Side(one.name, one.model_digests, one.bytes(), reason, one.answering_digest()), seen)


def why_again(one: Contender, dataset: Dataset, spec: Spec) -> str:
    """Why what its stages observed does not count today; ``""`` if it does."""
    if missing := _missing(one, spec):
        return f"it knows no {', no '.join(missing)}: all of them count as missed"
    scores, observations = one.place.find(SCORES), one.place.find(OBSERVATIONS)
    if scores is None or observations is None:
        return "it came without observations"
    try:
        sheet = documents.read_value(ScoreSheet, scores)
    except DocumentError:
        return "its scores were written by another version"
    today = sets.digests(dataset.frames, dataset.labels, dataset.split_of)
    if changed := sets.changed(sheet.set_digests, today):
        return f"it was scored on other frames or labels ({', '.join(changed)})"
    if sheet.model_digests != one.model_digests:
        return "its models are not those that were scored"
    if sheet.iou != spec.judging.iou:
        return f"it was scored at IoU {sheet.iou:g}, the spec says {spec.judging.iou:g}"
    seen = _stored(one)
    if strangers(seen, facts_of(dataset)):
        return "its observations speak of other frames, sets or groups than today's"
    return _why_cut_again(one, seen)


def _why_cut_again(one: Contender, seen: Observations) -> str:
    """Maps or thresholds that are not those which were observed."""
    for name in one.model_digests:
        of_variant = seen.take((seen.variant == name) & (seen.kind == "detection"))
        label = np.array([one.variants.classes.index(name) for name in of_variant.label], np.int64)
        for number, score_map in enumerate(one.calibrations[name].maps):
            rows = label == number
            if not np.allclose(
                score_map.apply(of_variant.raw[rows].astype(np.float32)), of_variant.score[rows], atol=1e-6
            ):
                return "its calibration is not the one that it was scored with"
        found = Predictions(np.arange(len(of_variant)), label, of_variant.score, of_variant.corners)
        kept: Flags = of_variant.score >= cuts_of(found, one.thresholds[name], of_variant.conditions)
        if not np.array_equal(kept, of_variant.kept):
            return "its thresholds are not those that it was scored with"
    return ""


def _stored(one: Contender) -> Observations:
    path = one.place.find(OBSERVATIONS)
    if path is None:
        raise ValueError(f"{one.name} came without observations")
    return Observations.from_columns(tables.read_columns(path))


def _run(one: Contender, dataset: Dataset, terms: Terms) -> Observations:
    """Every variant over every frozen set, as it ships."""
    settings, judging = inference.settings_of(terms.spec.output), terms.spec.judging
    rows, facts = dataset.chosen(*sets.JUDGING), facts_of(dataset)
    classes = (*one.variants.classes, *_missing(one, terms.spec))
    parts = []
    for name in one.model_digests:
        detector = one.detector(name, settings, terms.threads)
        judged = examine(Examined(name, detector, one.thresholds[name], judging.iou), dataset, rows, classes)
        parts.append(observe(judged, classes, facts, judging.sizes))
    return joined(parts)


def _timed(both: list[Contender], variant: str, dataset: Dataset, terms: Terms) -> Latencies:
    """Both on the same frames of the set that decides, spread evenly over it."""
    rows = dataset.chosen(terms.spec.comparison.set)
    chosen = rows[np.linspace(0, len(rows) - 1, min(terms.timed, len(rows))).astype(np.int64)]
    settings = inference.settings_of(terms.spec.output)
    champion, challenger = (one.detector(variant, settings, terms.threads) for one in both)
    progress = track(chosen.tolist(), f"time {variant}", console=Console(stderr=True))
    return timed(champion, challenger, dataset, progress)


def _missing(one: Contender, spec: Spec) -> list[str]:
    """Classes that came into the spec after it was trained."""
    return [name for name in spec.class_ids() if name not in one.variants.classes]


def _expect_classes(one: Contender, spec: Spec, *, older: bool) -> None:
    """Both are held to the spec's classes: figures over others are other figures. An older one may lack new classes."""
    strangers = set(one.variants.classes) - set(spec.class_ids())
    if strangers or (_missing(one, spec) and not older):
        raise ModelError(
            f"{one.name}: knows {', '.join(one.variants.classes)}; expected the classes of specs/spec.yaml, "
            f"{', '.join(spec.class_ids())}; train it on these, or compare under the spec of its time"
        )
