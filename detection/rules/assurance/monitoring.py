"""Section Monitoring of the ML Test Score."""

from __future__ import annotations

from detection.rules.assurance.evidence import Answer, Evidence, missing


def dependencies(evidence: Evidence) -> Answer:
    """O1."""
    if evidence.lineage is None:
        return missing("run `dvc repro`: lineage has the digests of all pinned packages")
    then = {one.name: one.sha256 for one in evidence.lineage.configuration}
    changed = [one.name for one in evidence.pins if then.get(one.name) != one.sha256]
    if changed:
        return Answer(0.5, f"packages changed since this model: {', '.join(changed)}", ("data/report/lineage.json",))
    words = (
        "pinned with hashes, in the bill of material, unchanged since this model; nobody is told of new flaws in them"
    )
    return Answer(0.5, words, ("data/report/lineage.json", "requirements"))


def invariants(evidence: Evidence) -> Answer:
    """O2."""
    if not evidence.bundle:
        return missing("no bundle, so no device knows the ranges that were validated")
    if evidence.watched == evidence.bundle:
        words = "devices check every frame against the validated ranges, and this bundle's telemetry is watched"
        return Answer(1, words, ("export/bundle/domain.json", "decisions"))
    words = "devices check every frame against the validated ranges; nobody watches: detection monitor decide"
    return Answer(0.5, words, ("export/bundle/domain.json",))


def same_values(evidence: Evidence) -> Answer:
    """O3."""
    if evidence.parity is None or evidence.parity.verdict != "PASS" or not evidence.bundle:
        return missing("no parity certificate that passes, or no bundle")
    words = "parity before release, and every device repeats the bundle's exam and golden frames at its installation"
    return Answer(1, words, ("data/parity/parity.json", "export/bundle/exam/exam.json"))


def fresh(evidence: Evidence) -> Answer:
    """O4."""
    live = [one for one in evidence.governed.live if one.slot.environment == "prod"] if evidence.governed else []
    if not live:
        return missing("nothing is live in an environment prod")
    oldest = max((evidence.now - one.period.since).days for one in live)
    limit = evidence.spec.retraining.staleness_days
    if oldest > limit:
        return Answer(0.5, f"the oldest live version is {oldest} days old (at most {limit})", ("registry",))
    return Answer(1, f"the oldest live version is {oldest} days old (at most {limit})", ("registry", "specs/spec.yaml"))


def stable_numbers(evidence: Evidence) -> Answer:
    """O5."""
    if not evidence.bundle:
        return missing("no bundle, so nothing counts answers that are no numbers")
    words = "devices refuse and count answers with NaN, infinity or boxes outside of the frame (counter unsound)"
    if evidence.watched == evidence.bundle:
        return Answer(1, words, ("docs/telemetry.md", "decisions"))
    return Answer(0.5, f"{words}; nobody watches the counter", ("docs/telemetry.md",))


def costs(evidence: Evidence) -> Answer:
    """O6."""
    lines = [one for one in evidence.verdict.lines if one.kind == "target"] if evidence.verdict else []
    if not lines or any(one.verdict != "PASS" for one in lines):
        return missing("time and memory on the targets are not proven")
    words = f"{len(lines)} limits of time and memory at every run; time of training is not compared between runs"
    return Answer(0.5, words, ("data/gate/verdict.json", "data/profile/costs.json"))


def quality_held(evidence: Evidence) -> Answer:
    """O7."""
    if not evidence.decisions:
        return missing("no decision about the field was ever taken: detection monitor decide")
    last = evidence.decisions[-1].inputs.evidence
    if last.live.bundle != evidence.bundle:
        return missing("the last decision is about another bundle than this one")
    judged = [one for one in last.services if one.standing != "not-enough"]
    if not judged:
        return Answer(0.5, "objectives are watched; too few labels came back to judge them", ("decisions",))
    standing = ", ".join(f"{one.objective} {one.standing}" for one in judged)
    return Answer(1, f"judged by labels of the field: {standing}", ("decisions",))


TESTS = (
    ("A change in what we depend on is noticed", dependencies),
    ("What holds for training data holds for what is served", invariants),
    ("Training and serving compute the same", same_values),
    ("No model is too old", fresh),
    ("The model's numbers are stable", stable_numbers),
    ("Time, memory and throughput do not get worse unnoticed", costs),
    ("Quality on what is served does not fall unnoticed", quality_held),
)
