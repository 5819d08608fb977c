"""Section Data of the ML Test Score."""

from __future__ import annotations

from detection.rules.assurance.evidence import Answer, Evidence, missing


def expectations(evidence: Evidence) -> Answer:
    """D1."""
    if evidence.collection is None:
        return missing("run `dvc repro`: validate checks every frame and label against the spec")
    spec, found = evidence.spec, evidence.collection
    words = f"{len(spec.classes)} classes and {len(spec.conditions)} conditions declared; {found.frames} frames checked"
    return Answer(1, words, ("specs/spec.yaml", "data/validate/findings.parquet", "data/validate/coverage.json"))


def benefit(_: Evidence) -> Answer:
    """D2."""
    return missing("nobody measured what the model loses in grey, or at half the resolution: train both and compare")


def cost(evidence: Evidence) -> Answer:
    """D3."""
    lines = [one for one in evidence.verdict.lines if one.kind == "target"] if evidence.verdict else []
    if not lines:
        return missing("run `dvc repro`: profile measures what each input size costs, the gate judges it")
    short = [one for one in lines if one.verdict != "PASS"]
    if short:
        return missing(f"{len(short)} of {len(lines)} limits of the targets are not met; see data/gate/verdict.json")
    return Answer(1, f"all {len(lines)} limits of time and memory are met", ("data/gate/verdict.json", "specs/targets"))


def rights(evidence: Evidence) -> Answer:
    """D4."""
    if evidence.collection is None:
        return missing("run `dvc repro`: collect takes only what the spec allows")
    declared = {one.id for one in evidence.spec.sources}
    foreign = [one.id for one in evidence.collection.contributions if one.origin not in declared]
    if foreign:
        return missing(f"sources {foreign} are not declared in the spec")
    names = ", ".join(f"{one.id}: {one.licence}" for one in evidence.collection.contributions)
    return Answer(1, f"licence and origin of every source are declared ({names})", ("data/collect/source.json",))


def privacy(evidence: Evidence) -> Answer:
    """D5."""
    if evidence.collection is None:
        return missing("run `dvc repro`: collect records consent and retention")
    given = evidence.collection.contributions
    expired = sum(one.expired for one in given)
    words = f"consent {', '.join(sorted({one.consent for one in given}))}; {expired} frames past retention set aside"
    return Answer(1, words, ("data/collect/source.json", "specs/spec.yaml"))


def new_features(_: Evidence) -> Answer:
    """D6."""
    return missing("how long a new camera or class takes from request to production is written down nowhere")


def input_code(evidence: Evidence) -> Answer:
    """D7."""
    if evidence.parity is None or evidence.parity.verdict != "PASS":
        return missing("no parity certificate that passes: run `dvc repro`")
    words = f"{len(evidence.parity.rows)} comparisons of pixels, boxes and scores between training, export and device"
    return Answer(1, words, ("data/parity/parity.json", "tests/edge/vision"))


TESTS = (
    ("What is expected of the data is written in a schema that a machine checks", expectations),
    ("Every input is shown to help", benefit),
    ("No input costs more than it is worth", cost),
    ("Data keeps to the rules about where it may come from", rights),
    ("Privacy is controlled along the whole way of the data", privacy),
    ("A new input can be had quickly", new_features),
    ("All code that prepares inputs is tested", input_code),
)
