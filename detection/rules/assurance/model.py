"""Section Model of the ML Test Score."""

from __future__ import annotations

from collections.abc import Callable

from detection.rules.assurance.evidence import Answer, Evidence, missing
from detection.rules.judging.gates.lines import Line

NO_VERDICT = "no verdict: run `dvc repro`, the gate judges every slice"


def reviewed(evidence: Evidence) -> Answer:
    """M1."""
    lineage, governed = evidence.lineage, evidence.governed
    if lineage is None or not lineage.commit or lineage.changed:
        return missing("commit specification and parameters, then `dvc repro`: the model is of no commit")
    commit = lineage.commit[:12]
    if governed and governed.approvals:
        words = f"commit {commit}; {governed.approvals} signed approval(s) of what is live by somebody else"
        return Answer(1, words, ("data/report/lineage.json", "registry"))
    return Answer(
        0.5, f"commit {commit}; nobody else has signed: detection registry approve", ("data/report/lineage.json",)
    )


def offline_online(evidence: Evidence) -> Answer:
    """M2."""
    judged = [one for record in evidence.decisions for one in record.inputs.evidence.services if one.value is not None]
    if not judged:
        return missing("no labels of the field came back: detection review queue, open, close")
    newest = judged[-1]
    words = (
        f"{newest.objective} in the field {newest.value:.3f} over {newest.labelled} labels, beside the gate's figures"
    )
    return Answer(0.5, words, ("decisions", "data/evaluate/metrics.json"))


def tuned(evidence: Evidence) -> Answer:
    """M3."""
    tried = {one.content.params_digest for one in evidence.governed.versions} if evidence.governed else set()
    if len(tried) < 3:
        return missing(
            f"{len(tried)} set(s) of parameters registered; search with `dvc exp run --queue`, keep the best"
        )
    return Answer(0.5, f"{len(tried)} sets of parameters led to registered versions", ("registry",))


def staleness(evidence: Evidence) -> Answer:
    """M4."""
    if not evidence.story:
        return missing("run `make story`: what a year costs a model that is left alone")
    told = [one for one in evidence.story if one.holds]
    return Answer(
        0.5, f"a year was lived through; {len(told)} of {len(evidence.story)} claims held", ("story/story.json",)
    )


def simpler(_: Evidence) -> Answer:
    """M5."""
    return missing("no smaller architecture was trained on this data and compared: detection compare")


def slices(evidence: Evidence) -> Answer:
    """M6."""
    if evidence.verdict is None:
        return missing(NO_VERDICT)
    lines = _lines(evidence, lambda one: one.kind == "criterion" and (bool(one.where) or one.label != "every"))
    return _judged(
        lines, "classes and conditions", "acceptance.criteria in specs/spec.yaml names no class or condition"
    )


def inclusion(evidence: Evidence) -> Answer:
    """M7."""
    if evidence.verdict is None:
        return missing(NO_VERDICT)
    lines = _lines(evidence, lambda one: one.kind == "subgroup")
    return _judged(
        lines, "worst values of a condition against the mean", "acceptance.subgroups in specs/spec.yaml is empty"
    )


def _lines(evidence: Evidence, wanted: Callable[[Line], bool]) -> list[Line]:
    return [one for one in evidence.verdict.lines if wanted(one)] if evidence.verdict else []


def _judged(lines: list[Line], what: str, none: str) -> Answer:
    if not lines:
        return missing(none)
    short = [one for one in lines if one.verdict != "PASS"]
    if short:
        return missing(f"{len(short)} of {len(lines)} lines are not proven: {short[0].sentence}")
    return Answer(1, f"{len(lines)} lines on {what} are proven", ("data/gate/verdict.json",))


TESTS = (
    ("Every model's specification is reviewed and recorded", reviewed),
    ("Figures before release and in the field go together", offline_online),
    ("All parameters were tuned", tuned),
    ("What a stale model costs is known", staleness),
    ("A simpler model is not better", simpler),
    ("Quality suffices on every slice that matters", slices),
    ("Nobody is served worse than the others", inclusion),
)
