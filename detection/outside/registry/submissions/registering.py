"""Registering: what a bundle's own evidence says of it becomes a version, once and for good.

Everything but what it costs is read from the bundle, whose files are checked against its manifest first: what is
registered cannot be of another run than what ships. Its costs were measured where it was made (``costs.json``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from detection.edge.trust.bundle import Bundle
from detection.errors import BundleError, DocumentError
from detection.outside import documents
from detection.outside.database.registry import Registry
from detection.outside.registry.comparisons import Answerer
from detection.outside.registry.submissions import contents
from detection.rules.document import Document
from detection.rules.evidence.lineage import Lineage
from detection.rules.judging.comparison.sheet import answering_digest
from detection.rules.judging.costs import CostSheet
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.registry.registered import Content, Contract, Number, Version
from detection.rules.registry.situations import Compared
from detection.rules.registry.versions.numbering import numbered
from detection.rules.spec.detector import Output
from detection.rules.spec.governance import Governance

T = TypeVar("T")

ANSWER_FORMAT = 1
"""Of the runtime's answers: raise it when docs/runtime-output.md changes in a way that breaks who reads them."""
RUNTIME = "runtime.pyz"
COSTS = Path("data/profile/costs.json")
NOT_COMPLETE = "build the bundle anew with `dvc repro`"


@dataclass(frozen=True, slots=True)
class Submission:
    """Who registers, and what they say.

    Attributes:
        submitter: id; claimed, not proven: nobody approves what was registered under their own name.
        tags: words to find it by.
        place: where the bundle lies, see ``Content.bundle_place``.
        costs: what its variants cost where they were made; None if nobody measured.
        compared: with the version before it; None if it was not.
    """

    submitter: str
    tags: tuple[str, ...]
    place: str
    costs: CostSheet | None = None
    compared: Compared | None = None


def register(registry: Registry, bundle: Bundle, submission: Submission, at: datetime) -> Version:
    """Register a bundle; one that is registered already is what it was.

    Args:
        registry: the registry, open.
        bundle: its files checked.
        submission: who registers, and what the bundle itself does not say.
        at: UTC.

    Raises:
        BundleError: its evidence is missing, damaged, or of other models.
        RegistryError: the database refuses.
    """
    content = content_of(bundle, submission)
    earlier = registry.bases(content.model)
    content = replace(content, parent=parent_of(earlier, submission.compared, content.digest))

    def numbering(before: tuple[Version, ...]) -> tuple[Number, str]:
        return numbered(content, before, submission.compared, wider_of(content, before))

    return registry.register(content, submission.submitter, numbering, at)


def parent_of(earlier: tuple[Version, ...], compared: Compared | None, digest: str) -> str:
    """What it was compared with; where it was not, the newest version before it; ``""`` for the first."""
    if compared is not None:
        return compared.champion
    return next((one.content.digest for one in reversed(earlier) if one.content.digest != digest), "")


def wider_of(content: Content, before: tuple[Version, ...]) -> tuple[str, ...]:
    """What it was judged on, or may be installed on, beyond the newest version before it; in words."""
    if not before:
        return ()
    last = before[-1].content
    covers = sorted(set(content.covers) - set(last.covers))
    targets = sorted(set(content.targets) - set(last.targets))
    return (*covers, *(f"target {name}" for name in targets))


def content_of(bundle: Bundle, submission: Submission) -> Content:
    """Everything that is kept of it.

    Raises:
        BundleError: evidence that is missing, damaged, or of other models.
    """
    verdict, parity = _read(bundle, "verdict.json", Verdict), _read(bundle, "parity.json", ParityReport)
    lineage, scores = _read(bundle, "lineage.json", Lineage), _read(bundle, "scores.json", ScoreSheet)
    spec = bundle.read("evidence/spec.yaml")
    judged_by = _judged_by(bundle, spec)
    manifest, models = bundle.manifest, _models(bundle)
    _refuse_strange(bundle, models, verdict, hashlib.sha256(spec).hexdigest())
    configuration = {one.name: one.sha256 for one in lineage.configuration}
    return Content(
        model=manifest.name,
        digest=bundle.digest,
        counter=manifest.counter,
        bundle_mb=sum(entry.bytes for entry in manifest.files) / 1e6,
        bundle_place=submission.place,
        verdict=verdict.verdict,
        verdict_digest=manifest.entry("evidence/verdict.json").sha256,
        parity=parity.verdict == "PASS" and parity.runtime_sha256 == manifest.entry(RUNTIME).sha256,
        parity_digest=manifest.entry("evidence/parity.json").sha256,
        spec_digest=manifest.spec_sha256,
        params_digest=configuration.get("params.yaml", ""),
        environment_digest=environment_digest(configuration),
        contract=_contract(bundle, judged_by.output),
        targets=tuple(sorted(target.id for target in manifest.targets)),
        metrics=contents.metrics(scores, verdict),
        resources=contents.resources(manifest, submission.costs),
        lineage=lineage,
        owner=judged_by.governance.owner,
        risk_tier=judged_by.governance.risk_tier,
        tags=tuple(sorted(set(submission.tags))),
        covers=contents.covers(scores),
        answering_digest=answerer_of(bundle).answering_digest,
    )


def answerer_of(bundle: Bundle) -> Answerer:
    """The bundle as a comparison sees it.

    Raises:
        BundleError: a part was changed since it was checked.
    """
    parts = (bundle.read(name) for name in ("calibration.json", "thresholds.json"))
    return Answerer(bundle.digest, answering_digest(_models(bundle), *parts))


def environment_digest(configuration: Mapping[str, str]) -> str:
    """SHA-256 over the digests of the pinned requirements, by name; ``""`` if the lineage names none."""
    pinned = sorted((name, sha256) for name, sha256 in configuration.items() if name.startswith("requirements/"))
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in pinned)
    return hashlib.sha256(lines.encode()).hexdigest() if pinned else ""


def _contract(bundle: Bundle, output: Output) -> Contract:
    manifest = bundle.manifest
    return Contract(
        manifest.classes,
        output.coordinates,
        output.scores,
        manifest.settings.maximum_detections,
        ANSWER_FORMAT,
        tuple(f"{one.name} u8[1,3,{one.height},{one.width}]" for one in manifest.variants),
    )


def _models(bundle: Bundle) -> dict[str, str]:
    manifest = bundle.manifest
    return {one.name: manifest.entry(one.file).sha256 for one in manifest.variants}


def _refuse_strange(bundle: Bundle, models: Mapping[str, str], verdict: Verdict, spec_digest: str) -> None:
    """Evidence that is of something else than what lies beside it."""
    faults = [
        f"evidence/verdict.json: judged {_short(judged)} as {variant}, the bundle holds {_short(models[variant])}"
        for variant, judged in _judged(models, verdict)
        if judged != models[variant]
    ]
    if spec_digest != bundle.manifest.spec_sha256:
        stated = _short(bundle.manifest.spec_sha256)
        faults.append(f"evidence/spec.yaml: is {_short(spec_digest)}, the manifest says {stated}")
    if faults:
        raise BundleError(f"{bundle.folder}: its evidence is of something else; {NOT_COMPLETE}", faults)


def _judged(models: Mapping[str, str], verdict: Verdict) -> Iterable[tuple[str, str]]:
    return ((variant, verdict.model_digests.get(variant, "nothing")) for variant in models)


def _short(sha256: str) -> str:
    return f"{sha256[:12]}..." if len(sha256) > 12 else sha256


class _JudgedBy(Document):
    """What is kept of the specification that judged; its other sections are not looked at."""

    model_config = ConfigDict(extra="ignore")
    governance: Governance
    output: Output


def _judged_by(bundle: Bundle, spec: bytes) -> _JudgedBy:
    """The specification that judged, taken apart once.

    Raises:
        BundleError: it is of another version of the program.
    """
    try:
        return documents.parse_document(_JudgedBy, spec, bundle.folder / "evidence" / "spec.yaml")
    except DocumentError as error:
        raise BundleError(
            f"{bundle.folder}: was judged by a specification that this version cannot read; {NOT_COMPLETE}",
            error.faults or [error.headline],
        ) from error


def _read(bundle: Bundle, name: str, kind: type[T]) -> T:
    """One piece of evidence.

    Raises:
        BundleError: the bundle lacks it, or it is no such thing.
    """
    content = bundle.read(f"evidence/{name}")
    try:
        return TypeAdapter(kind).validate_json(content)
    except ValidationError as error:
        first = " ".join(str(error).split())[:160]
        raise BundleError(f"{bundle.folder}/evidence/{name}: is no evidence ({first}); {NOT_COMPLETE}") from error
