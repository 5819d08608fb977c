"""What is kept of a version for good: what it is, what it was made from, how good and how costly it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import AwareDatetime, ConfigDict

from detection.rules.evidence.lineage import Lineage
from detection.rules.field.retrain.evidence import STRICT
from detection.rules.spec.governance import RiskTier


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A semantic version; ordered as people expect."""

    major: int
    minor: int
    patch: int

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    def __str__(self) -> str:
        """``1.2.3``."""
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True)
class Contract:
    """What a consumer may rely on: what goes in and what comes out.

    Attributes:
        classes: ids in the order of the answers' class numbers.
        coordinates: as the spec's ``output`` says.
        scores: likewise.
        maximum_detections: likewise.
        answer_format: of the runtime's answers (docs/runtime-output.md).
        inputs: tensor shapes by variant, such as ``int8 u8[1,3,192,224]``.
    """

    classes: tuple[str, ...]
    coordinates: str
    scores: str
    maximum_detections: int
    answer_format: int
    inputs: tuple[str, ...]

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure.

    Attributes:
        set: golden, challenge, test.
        variant: that was measured.
        label: class id, or ``every``.
        name: precision, recall, f1, ap50, ap50_95.
        value: the figure.
        lower: its one-sided bound from below, if known.
        upper: from above, if known.
    """

    set: str
    variant: str
    label: str
    name: str
    value: float
    lower: float | None = None
    upper: float | None = None

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Resources:
    """What a variant costs on the machine that measured it.

    Attributes:
        variant: name.
        p50_ms: of a frame.
        p95_ms: likewise.
        memory_mb: resident.
        model_mb: of its file.
    """

    variant: str
    p50_ms: float | None
    p95_ms: float | None
    memory_mb: float | None
    model_mb: float

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is registered of a version; never changed afterwards.

    Attributes:
        model: name of the product.
        digest: SHA-256 of the bundle's manifest bytes: names the version for good.
        counter: of the bundle.
        bundle_mb: its size.
        bundle_place: where it lies: ``dvc:<md5>.dir`` of the cache, or a path below the workspace.
        verdict: PASS, FAIL or NOT PROVEN.
        verdict_digest: SHA-256 of ``evidence/verdict.json``.
        parity: whether the certificate holds for this runtime and these models.
        parity_digest: SHA-256 of ``evidence/parity.json``.
        spec_digest: SHA-256 of ``evidence/spec.yaml``, by which it was judged.
        params_digest: SHA-256 of params.yaml.
        environment_digest: SHA-256 over the pinned requirements.
        contract: what consumers rely on.
        targets: kinds of devices it may be installed on.
        metrics: of all sets and variants.
        resources: by variant.
        lineage: data, commit, packages, seed.
        parent: digest of the version it was compared with or retrained from; ``""`` for none.
        runs: ids of tracked runs.
        owner: who answers for it.
        risk_tier: as the spec says.
        tags: words of whoever registered it, sorted.
        covers: values of the spec's conditions that it was judged on, such as ``lighting=dusk``, sorted.
        answering_digest: over what decides its answers, as a comparison names it; see
            :func:`detection.rules.judging.comparison.sheet.answering_digest`.
    """

    model: str
    digest: str
    counter: int
    bundle_mb: float
    bundle_place: str
    verdict: str
    verdict_digest: str
    parity: bool
    parity_digest: str
    spec_digest: str
    params_digest: str
    environment_digest: str
    contract: Contract
    targets: tuple[str, ...]
    metrics: tuple[Metric, ...]
    resources: tuple[Resources, ...]
    lineage: Lineage
    parent: str = ""
    runs: tuple[str, ...] = ()
    owner: str = ""
    risk_tier: RiskTier = "medium"
    tags: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    answering_digest: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Version:
    """A version as the registry has it.

    Attributes:
        number: derived, see :mod:`detection.rules.registry.versions.numbering`.
        reason: of the number, in words.
        content: what it is.
        submitter: id of who registered it; claimed, not proven.
        registered_at: UTC.
        deprecated: why it should not be used any more; ``""`` if it may.
        end_of_life: day from which it may not be promoted, ``YYYY-MM-DD``; ``""`` for none.
        retired: it may never be promoted again.
    """

    number: Number
    reason: str
    content: Content
    submitter: str
    registered_at: AwareDatetime
    deprecated: str = ""
    end_of_life: str = ""
    retired: bool = False

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
