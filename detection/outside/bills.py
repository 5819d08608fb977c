"""The bill of material of a bundle: CycloneDX 1.7 with its part for machine learning.

The library knows no model cards yet, so the document is made of plain values here and held to the standard's own schema
by the library's validator. No clock and no dice go into it: the same bundle has the same bill.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from detection.edge import checked
from detection.edge.trust.manifest import Identity
from detection.edge.trust.parts import Variant
from detection.edge.trust.statement import REQUIREMENTS, RUNTIME
from detection.errors import BundleError
from detection.rules.evidence.lineage import Lineage
from detection.rules.judging.scores.rows import ALL, EVERY, ScoreRow
from detection.rules.spec.labels import Source

NAME = "sbom.json"
DATASET = "dataset"

_NAMESPACE = uuid.UUID("6f1c0a3e-6c7b-5d1e-9a55-0d2a7f3f9b10")
"""Ours alone: a bill's serial number follows from its content."""
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)\s*(;\s*(?P<marker>.*?))?\s*$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_METRICS = ("ap50", "ap50_95", "precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Package:
    """One line of pinned requirements.

    Attributes:
        name: as the registry knows it.
        version: pinned.
        marker: on which interpreters it is installed; empty for all.
        sha256: of each of its files, any of which may be installed.
    """

    name: str
    version: str
    marker: str
    sha256: tuple[str, ...]

    @property
    def url(self) -> str:
        """Its package URL, which is also its reference in the bill."""
        return f"pkg:pypi/{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the models were made from and how good they are.

    Attributes:
        lineage: digests of data, code and configuration.
        rows: scores of every variant.
        sources: of the frames, and the right to use them.
    """

    lineage: Lineage
    rows: Sequence[ScoreRow]
    sources: Sequence[Source]


def bill(identity: Identity, contents: Mapping[str, bytes], origin: Origin) -> bytes:
    """The document's bytes.

    Args:
        identity: of the bundle.
        contents: bytes of its files by name: the runtime, its requirements, every variant's model.
        origin: of the models.

    Raises:
        BundleError: a package that is not pinned with a hash, or a document that the standard refuses.
    """
    packages = packages_of(contents[REQUIREMENTS].decode())
    itself = f"{identity.name}@{identity.counter}"
    models = [f"models/{variant.name}" for variant in identity.variants]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": identity.name,
                "version": str(identity.counter),
                "properties": _properties({"spec-sha256": identity.spec_sha256}),
            }
        },
        "components": [
            _runtime(identity, contents[RUNTIME]),
            *(_model(identity, variant, contents[variant.file], origin) for variant in identity.variants),
            _dataset(origin),
            *(_package(package) for package in packages),
        ],
        "dependencies": [
            {"ref": itself, "dependsOn": [RUNTIME, *models]},
            {"ref": RUNTIME, "dependsOn": [package.url for package in packages]},
            *({"ref": model, "dependsOn": [DATASET]} for model in models),
        ],
    }
    serial = uuid.uuid5(_NAMESPACE, hashlib.sha256(checked.canonical(document)).hexdigest())
    content = checked.canonical(document | {"serialNumber": f"urn:uuid:{serial}"})
    require_valid(content)
    return content


def require_valid(content: bytes) -> None:
    """Hold a bill to the standard's schema, unknown fields refused.

    Raises:
        BundleError: with the first fault.
    """
    fault = JsonStrictValidator(SchemaVersion.V1_7).validate_str(content.decode())
    if fault is not None:
        first = str(fault.data.message if hasattr(fault.data, "message") else fault.data).splitlines()[0]
        raise BundleError(f"{NAME}: is not CycloneDX 1.7 ({first[:200]}); mend detection/outside/bills.py")


def packages_of(requirements: str) -> tuple[Package, ...]:
    """Pinned packages of a requirements file, in its order.

    Raises:
        BundleError: a line that is not pinned, or without a hash.
    """
    lines = requirements.replace("\\\n", " ").splitlines()
    return tuple(_pinned(line) for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _pinned(line: str) -> Package:
    found = _PINNED.match(line.split(" --hash", 1)[0].strip())
    digests = tuple(_HASH.findall(line))
    if found is None or not digests:
        raise BundleError(
            f"requirements/edge.txt: expected a pinned package with hashes, got {line.strip()[:80]!r}; run `make lock`"
        )
    return Package(found["name"].lower(), found["version"], found["marker"] or "", digests)


def _runtime(identity: Identity, content: bytes) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": RUNTIME,
        "name": RUNTIME,
        "version": str(identity.counter),
        "description": "what runs the models on a device, and what judged them",
        "hashes": _hashes([hashlib.sha256(content).hexdigest()]),
    }


def _model(identity: Identity, variant: Variant, content: bytes, origin: Origin) -> dict[str, Any]:
    rows = [row for row in origin.rows if (row.variant, row.label, row.slice) == (variant.name, EVERY, ALL)]
    return {
        "type": "machine-learning-model",
        "bom-ref": f"models/{variant.name}",
        "name": f"{identity.name}-{variant.name}",
        "version": str(identity.counter),
        "hashes": _hashes([hashlib.sha256(content).hexdigest()]),
        "externalReferences": [{"type": "model-card", "url": "evidence/model_card.md"}],
        "properties": _properties(
            {"bytes": str(len(content)), "engine": variant.engine, "file": variant.file, "precision": variant.precision}
        ),
        "modelCard": {
            "modelParameters": {
                "approach": {"type": "supervised"},
                "task": "object detection",
                "architectureFamily": "convolutional neural network",
                "datasets": [{"ref": DATASET}],
                "inputs": [{"format": f"RGB planes, uint8, 1 x 3 x {variant.height} x {variant.width}"}],
                "outputs": [{"format": f"boxes and a score for each of {', '.join(identity.classes)}"}],
            },
            "quantitativeAnalysis": {"performanceMetrics": [*_metrics(rows)]},
        },
    }


def _metrics(rows: Iterable[ScoreRow]) -> Iterator[dict[str, Any]]:
    for row in rows:
        for name in _METRICS:
            value, bounds = getattr(row, name), getattr(row.intervals, name)
            if value is None:
                continue
            metric: dict[str, Any] = {"type": name, "value": f"{value:.4f}", "slice": f"{row.set}, every class"}
            if bounds is not None:
                ends = {"lowerBound": f"{bounds.lower:.4f}", "upperBound": f"{bounds.upper:.4f}"}
                metric |= {"confidenceInterval": ends}
            yield metric


def _dataset(origin: Origin) -> dict[str, Any]:
    files = {f"sha256:{one.name}": one.sha256 for one in origin.lineage.data}
    return {
        "type": "data",
        "bom-ref": DATASET,
        "name": "frames and labels",
        "description": "what the models were trained and judged on; it does not travel with them",
        "properties": _properties(files | {"code-sha256": origin.lineage.code, "commit": origin.lineage.commit}),
        "data": [
            {
                "type": "dataset",
                "name": source.id,
                "description": f"licence {source.licence}; consent {source.consent}",
            }
            for source in origin.sources
        ],
    }


def _package(package: Package) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": package.url,
        "name": package.name,
        "version": package.version,
        "purl": package.url,
        "properties": _properties({"marker": package.marker} if package.marker else {}),
        "externalReferences": [
            {
                "type": "distribution",
                "url": package.url,
                "comment": "a device installs one of these files",
                "hashes": _hashes(package.sha256),
            }
        ],
    }


def _hashes(digests: Iterable[str]) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": digest} for digest in digests]


def _properties(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": f"detection:{name}", "value": value} for name, value in sorted(values.items())]
