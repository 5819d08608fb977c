"""Stage ``bundle``: everything the device needs, and the evidence, if the verdict is green.

Reads  data/gate/verdict.json; data/convert (models and variants.json); data/calibrate/calibration.json,
       thresholds.json, reference.json, domain.json; data/parity/parity.json; data/evaluate/scores.json;
       data/split/certificate.json; data/report; data/collect/shards, data/validate/frames.parquet, data/agreement,
       data/split; requirements/edge.txt; specs/targets
Writes export/bundle

Nothing in it depends on the clock or on where it was built: the same pipeline gives the same bundle, bit for bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from detection.edge import checked
from detection.edge.engines.opening import open_session
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.golden import Tolerance
from detection.edge.trust.manifest import Identity
from detection.edge.vision.calibration import read_calibrations
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import PIXEL_LIMIT
from detection.edge.vision.headers import suffix_of
from detection.errors import BundleError, GateRefusalError
from detection.outside import bills, bundles, documents, exam, exits, inference, runtime_archive, self_test
from detection.outside.bills import Origin
from detection.outside.dataset import Dataset
from detection.outside.self_test import Examined, GoldenPicture
from detection.outside.targets import read_targets
from detection.rules.document import Document
from detection.rules.evidence.lineage import Lineage
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.spec.spec import Spec
from detection.rules.spec.targets import Target
from detection.rules.variants import Variants

CONVERT = Path("data/convert")
CALIBRATE = Path("data/calibrate")
REPORT = Path("data/report")
SCORES = Path("data/evaluate/scores.json")
SPEC = Path("specs/spec.yaml")
OUT = Path("export/bundle")
DEVICE_DOCUMENTS = ("calibration.json", "domain.json", "reference.json", "thresholds.json")


class Params(Document):
    """Section ``bundle`` of params.yaml."""

    golden_frames: Annotated[int, Field(ge=1)]
    """Golden frames that travel along, verified ones first, so that a device can test itself."""
    counter: Annotated[int, Field(ge=0)]
    """Grows with every release."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the stages before left.

    Attributes:
        variants: the models' description.
        models: bytes of each model file by its name.
        documents: bytes of each of :data:`DEVICE_DOCUMENTS`.
        evidence: bytes of each piece of evidence by its name.
        requirements: bytes of the device's pinned requirements.
        origin: of the models, for the bill of material.
        parity: the certificate.
        verdict: of the gate.
    """

    variants: Variants
    models: Mapping[str, bytes]
    documents: Mapping[str, bytes]
    evidence: Mapping[str, bytes]
    requirements: bytes
    origin: Origin
    parity: ParityReport
    verdict: Verdict


def run(out: Path, made: Made, identity: Identity, examined: Examined, targets: Sequence[Target]) -> Bundle:
    """Check that what was judged is what ships, and write it.

    Args:
        out: becomes the bundle.
        made: what the stages before left.
        identity: what the manifest will say.
        examined: what a device is shown to test itself.
        targets: the devices it must fit.

    Raises:
        GateRefusalError: the verdict is not PASS, or a target allows no bundle so large.
        BundleError: something that would ship is not what was judged.
        EnvironmentMissingError: a variant's engine is not installed here.
    """
    refuse_unless_green(made.verdict)
    runtime = runtime_archive.pack()
    faults = [*changed_models(made), *changed_runtime(made.parity, runtime)]
    if faults:
        raise BundleError("what would ship is not what was judged; run `dvc repro` again", faults)
    if not examined.pictures:
        raise BundleError("neither the golden nor the test set holds a frame; mend split in specs/spec.yaml")
    contents = {
        runtime_archive.NAME: runtime,
        "requirements.txt": made.requirements,
        **made.documents,
        **{f"models/{name}": content for name, content in made.models.items()},
        **{f"evidence/{name}": content for name, content in made.evidence.items()},
        **self_test.packed(identity, detectors_of(made, identity), examined),
    }
    contents[f"evidence/{bills.NAME}"] = bills.bill(identity, contents, made.origin)
    refuse_too_large(sum(map(len, contents.values())) / 1e6, targets)
    return bundles.write(out, identity, contents)


def refuse_unless_green(verdict: Verdict) -> None:
    """Only PASS may leave the house.

    Raises:
        GateRefusalError: with every line that is not PASS.
    """
    if verdict.verdict != "PASS":
        lines = [f"  {line.sentence}" for line in verdict.lines if line.verdict != "PASS"]
        headline = f"the verdict is {verdict.verdict}; no bundle is made. Lines to mend:"
        raise GateRefusalError("\n".join((headline, *lines)))


def refuse_too_large(size_mb: float, targets: Sequence[Target]) -> None:
    """A bundle that a target has no room for does not leave the house.

    Raises:
        GateRefusalError: with every such target.
    """
    narrow = [one for one in targets if size_mb > one.bundle_mb]
    if narrow:
        lines = [f"  target {one.id}: {size_mb:.1f} MB (needs at most {one.bundle_mb:g})" for one in narrow]
        headline = "the bundle is too large; ship fewer variants or a smaller model, or raise bundle_mb of:"
        raise GateRefusalError("\n".join((headline, *lines)))


def changed_models(made: Made) -> list[str]:
    """Models whose bytes are not those that ``convert`` described and the gate judged."""
    faults = []
    for variant in made.variants.variants:
        found = hashlib.sha256(made.models[variant.file]).hexdigest()
        judged = made.verdict.model_digests.get(variant.name, "none")
        faults += [
            f"{variant.file}: SHA-256 {found[:12]}..., but {whose} has {expected[:12]}"
            for whose, expected in (("variants.json", variant.sha256), ("the verdict", judged))
            if found != expected
        ]
    return faults


def changed_runtime(parity: ParityReport, runtime: bytes) -> list[str]:
    """The runtime, if it is not the one whose parity was proven."""
    found = hashlib.sha256(runtime).hexdigest()
    if found == parity.runtime_sha256:
        return []
    return [f"runtime.pyz: SHA-256 {found[:12]}..., but parity was proven for {parity.runtime_sha256[:12]}..."]


def detectors_of(made: Made, identity: Identity) -> dict[str, Detector]:
    """The detector of each variant, as it ships, in one thread."""
    maps = read_calibrations(checked.parse(made.documents["calibration.json"], "calibration.json"), identity.classes)
    found = {}
    for variant in made.variants.variants:
        if variant.name not in maps:
            raise BundleError(f"calibration.json: has no variant {variant.name!r}; run `dvc repro` again")
        session = open_session(variant.engine, made.models[variant.file])
        found[variant.name] = Detector(session, identity.settings, maps[variant.name])
    return found


def main() -> None:
    """Read, check, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="bundle")
    verdict = documents.read_value(Verdict, Path("data/gate/verdict.json"))
    refuse_unless_green(verdict)
    spec = documents.read_document(Spec, SPEC)
    variants = documents.read_value(Variants, CONVERT / "variants.json")
    asked = read_targets()
    targets = bundles.supplied(asked, variants)
    allowed = spec.parity
    identity = Identity(
        spec.name,
        params.counter,
        tuple(variants.classes),
        inference.settings_of(spec.output),
        PIXEL_LIMIT,
        hashlib.sha256(bundles.read_part(SPEC)).hexdigest(),
        tuple(bundles.shipped(variant) for variant in variants.variants),
        tuple(bundles.target(one) for one in targets),
        bundles.watch(spec.installation),
    )
    tolerance = Tolerance(
        allowed.box_difference_maximum_px, allowed.score_difference_maximum, allowed.unmatched_share_maximum
    )
    dataset = Dataset.open()
    pictures = _pictures(dataset, params.golden_frames)
    examined = Examined(pictures, exam.sizes_of(dataset.frames), tolerance, allowed.tensor_difference_maximum)
    bundle = run(OUT, _made(variants, verdict, spec), identity, examined, targets)
    size = sum(entry.bytes for entry in bundle.manifest.files) / 1e6
    print(f"{OUT}: {len(bundle.manifest.files)} files, {size:.1f} MB, digest {bundle.digest}")
    for one in (one for one in asked if one not in targets):
        print(f"not for target {one.id}: variant {one.variant} did not run here, so nobody judged it")


def _made(variants: Variants, verdict: Verdict, spec: Spec) -> Made:
    evidence = (
        Path("data/gate/verdict.json"),
        Path("data/parity/parity.json"),
        SCORES,
        Path("data/split/certificate.json"),
        SPEC,
        REPORT / "report.html",
        REPORT / "model_card.md",
        REPORT / "lineage.json",
    )
    lineage = documents.read_value(Lineage, REPORT / "lineage.json")
    return Made(
        variants,
        {variant.file: bundles.read_part(CONVERT / variant.file) for variant in variants.variants},
        {name: bundles.read_part(CALIBRATE / name) for name in DEVICE_DOCUMENTS},
        {path.name: bundles.read_part(path) for path in evidence},
        bundles.read_part(Path("requirements/edge.txt")),
        Origin(lineage, documents.read_value(ScoreSheet, SCORES).rows, spec.sources),
        documents.read_value(ParityReport, Path("data/parity/parity.json")),
        verdict,
    )


def _pictures(dataset: Dataset, wanted: int) -> list[GoldenPicture]:
    """The first frames of the exam; their ids are digests, so first means none in particular."""
    rows = dataset.exam()[:wanted].tolist()
    pictures = ((str(dataset.frames.id[row]), dataset.image(row)) for row in rows)
    return [GoldenPicture(f"{digest}{suffix_of(content)}", content) for digest, content in pictures]


if __name__ == "__main__":
    exits.run(main)
