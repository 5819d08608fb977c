"""Section Infrastructure of the ML Test Score."""

from __future__ import annotations

from detection.rules.assurance.evidence import Answer, Evidence, missing


def reproducible(evidence: Evidence) -> Answer:
    """I1."""
    lineage = evidence.lineage
    if lineage is None:
        return missing("run `dvc repro`: lineage records data, code, environment and seed")
    twins = _twins(evidence)
    if twins:
        return Answer(
            1, f"{twins} registered versions of the same data, code and seed have the same weights", ("registry",)
        )
    words = (
        f"seed {lineage.seed}, {lineage.threads} threads and pinned packages are recorded; not trained twice to compare"
    )
    return Answer(0.5, words, ("data/report/lineage.json", "requirements"))


def unit_tested(evidence: Evidence) -> Answer:
    """I2."""
    found = evidence.overfit
    if found is None or found.ap50 < found.minimum:
        return missing("the sanity stage did not pass: a model that cannot learn a handful of frames is broken")
    words = f"learns {found.frames} frames by heart: AP50 {found.ap50:.3f} (needs {found.minimum:g})"
    return Answer(1, words, ("data/sanity/sanity.json",))


def integrated(evidence: Evidence) -> Answer:
    """I3."""
    sheet = evidence.rehearsal
    if sheet is None:
        return missing("run `detection rehearse`: faults are planted in the pipeline, each must be caught")
    if sheet.verdict != "PASS":
        return missing(f"the rehearsal failed: {sheet.sentence}")
    digests = evidence.verdict.model_digests if evidence.verdict else {}
    if sheet.model_digests != digests:
        return Answer(0.5, "all planted faults were caught, with an earlier model", ("rehearsal/rehearsal.json",))
    return Answer(1, f"{len(sheet.rows)} planted faults, all caught", ("rehearsal/rehearsal.json", "tests/pipeline"))


def validated(evidence: Evidence) -> Answer:
    """I4."""
    if evidence.verdict is None or evidence.verdict.verdict != "PASS" or not evidence.bundle:
        return missing("no bundle whose verdict is green")
    words = f"no bundle without a green verdict: {len(evidence.verdict.lines)} lines, all proven"
    return Answer(1, words, ("data/gate/verdict.json", "export/bundle/manifest.json"))


def debuggable(evidence: Evidence) -> Answer:
    """I5."""
    if evidence.parity is None or evidence.diagnosed is None:
        return missing("run `dvc repro`: parity follows a frame step by step, diagnose lists every error")
    words = (
        f"parity compares a frame's tensor, boxes and answers step by step; {evidence.diagnosed} errors listed by frame"
    )
    return Answer(1, words, ("data/parity/parity.json", "data/diagnose/errors.parquet"))


def canary(evidence: Evidence) -> Answer:
    """I6."""
    governed = evidence.governed
    elsewhere = {one.slot.environment for one in governed.live} - {"prod"} if governed else set()
    if governed and elsewhere and any(one.slot.environment == "prod" for one in governed.live):
        return Answer(1, f"live in {', '.join(sorted(elsewhere))} beside prod", ("registry",))
    watch = evidence.spec.installation.watch_s
    if not evidence.bundle:
        return missing("no bundle, so nothing is on trial")
    words = f"a device tries a bundle for {watch:g} s and goes back by itself; no slot but prod was live before"
    return Answer(0.5, words, ("export/bundle/manifest.json",))


def rolled_back(evidence: Evidence) -> Answer:
    """I7."""
    periods = evidence.governed.periods if evidence.governed else ()
    back = [one for one in periods if one.action in ("rollback", "withdraw")]
    if back:
        return Answer(1, f"{len(back)} time(s), last on {back[0].since:%Y-%m-%d}, in one command", ("registry",))
    return missing("nobody ever went back: try it in a slot of the environment dev (detection registry rollback)")


def _twins(evidence: Evidence) -> int:
    """Versions of which another has the same origins and the same weights."""
    versions = evidence.governed.versions if evidence.governed else ()
    keys = [
        (one.content.lineage.data, one.content.lineage.code, one.content.lineage.seed, one.content.lineage.models[:1])
        for one in versions
    ]
    return sum(keys.count(key) > 1 for key in keys)


TESTS = (
    ("Training can be done again with the same result", reproducible),
    ("The model's code is tested in the small", unit_tested),
    ("The whole pipeline is tested together", integrated),
    ("Quality is proven before anything is served", validated),
    ("One example can be followed step by step", debuggable),
    ("A model is on trial before it serves everybody", canary),
    ("Going back is quick and safe, and was done", rolled_back),
)
