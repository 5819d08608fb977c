"""A bundle's bill of material: what the standard takes, complete, the same for the same bundle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detection.edge.settings import Settings
from detection.edge.trust.manifest import Identity, Variant
from detection.errors import BundleError
from detection.outside import bills
from detection.outside.bills import Origin, bill, packages_of, require_valid
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.judging.intervals import Interval
from detection.rules.judging.scores.rows import Intervals, ScoreRow
from detection.rules.spec.labels import Source
from tests.examples_bundles import TARGETS, WATCH

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = (ROOT / "requirements" / "edge.txt").read_text()
ROW = ScoreRow(
    "fp32", "golden", "every", "all", 40, 99, 98, 90, 0.9251, 0.7746, 0.8, 0.91, None, 0.9, None, 1, 0, 0.0, 9,
    Intervals(ap50=Interval(0.88, 0.95, 0.95, 9)),
)  # fmt: skip
ORIGIN = Origin(
    Lineage((Digest("data/collect/shards/a.tar", "2" * 64),), "3" * 64, (), (), "", False, "3.11.2", "linux", (), 0, 2),
    (ROW, replace(ROW, slice="lighting=dusk"), replace(ROW, label="tube"), replace(ROW, variant="int8", ap50=0.9)),
    (Source(id="scenes", licence="Apache-2.0", consent="not-needed", retain_until=None),),
)
IDENTITY = Identity(
    "parcels", 3, ("box", "tube"), Settings(0.6, 0.01, 100), 1000, "0" * 64,
    tuple(Variant(name, f"models/{name}.onnx", "onnxruntime", name, 64, 48) for name in ("fp32", "int8")),
    TARGETS, WATCH,
)  # fmt: skip
CONTENTS = {
    "runtime.pyz": b"runtime",
    "requirements.txt": REQUIREMENTS.encode(),
    "models/fp32.onnx": b"four",
    "models/int8.onnx": b"one",
}


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(bill(IDENTITY, CONTENTS, ORIGIN))


def component(document: Any, reference: str) -> Any:
    return next(one for one in document["components"] if one["bom-ref"] == reference)


def test_every_package_that_a_device_installs_is_listed_with_all_its_hashes(document: Any) -> None:
    libraries = [one for one in document["components"] if one["type"] == "library"]
    pinned = [line for line in REQUIREMENTS.splitlines() if "==" in line and not line.startswith(" ")]
    assert len(libraries) == len(pinned) > 5
    hashes = sum(len(one["externalReferences"][0]["hashes"]) for one in libraries)
    assert hashes == REQUIREMENTS.count("--hash=sha256:")
    runtime = next(one for one in document["dependencies"] if one["ref"] == "runtime.pyz")
    assert runtime["dependsOn"] == [one["bom-ref"] for one in libraries]


def test_every_model_stands_with_its_digest_card_and_scores(document: Any) -> None:
    model = component(document, "models/int8")
    assert model["type"] == "machine-learning-model"
    assert model["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(b"one").hexdigest()}]
    assert model["modelCard"]["modelParameters"]["inputs"] == [{"format": "RGB planes, uint8, 1 x 3 x 48 x 64"}]
    metrics = component(document, "models/fp32")["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert metrics[0] == {
        "type": "ap50",
        "value": "0.9251",
        "slice": "golden, every class",
        "confidenceInterval": {"lowerBound": "0.8800", "upperBound": "0.9500"},
    }
    assert [one["type"] for one in metrics] == ["ap50", "ap50_95", "precision", "f1"], "what is not known is left out"


def test_the_data_stand_with_their_right_and_their_digests(document: Any) -> None:
    data = component(document, "dataset")
    assert data["data"][0]["description"] == "licence Apache-2.0; consent not-needed"
    assert {"name": "detection:sha256:data/collect/shards/a.tar", "value": "2" * 64} in data["properties"]


def test_every_reference_leads_somewhere(document: Any) -> None:
    known = {one["bom-ref"] for one in [*document["components"], document["metadata"]["component"]]}
    named = {name for one in document["dependencies"] for name in [one["ref"], *one["dependsOn"]]}
    assert named <= known
    assert len(known) == len(document["components"]) + 1


def test_the_same_bundle_has_the_same_bill_and_another_has_another() -> None:
    first, second = bill(IDENTITY, CONTENTS, ORIGIN), bill(replace(IDENTITY, counter=4), CONTENTS, ORIGIN)
    assert first == bill(IDENTITY, dict(reversed(CONTENTS.items())), ORIGIN)
    assert json.loads(first)["serialNumber"] != json.loads(second)["serialNumber"]


@pytest.mark.parametrize(
    "change",
    [{"serialNumber": "one"}, {"invented": 1}, {"components": [{"type": "parcel", "name": "x"}]}, {"version": 0}],
    ids=str,
)
def test_what_the_standard_does_not_know_is_refused(document: Any, change: dict[str, Any]) -> None:
    with pytest.raises(BundleError, match=r"CycloneDX 1\.7"):
        require_valid(json.dumps(document | change).encode())


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.4.6", "-r other.txt", "numpy==2.4.6 --hash=md5:0"])
def test_a_package_that_is_not_pinned_with_a_hash_is_refused(line: str) -> None:
    with pytest.raises(BundleError, match="make lock"):
        packages_of(f"{line}\n")


def test_a_package_comes_with_the_interpreters_it_is_for() -> None:
    found = packages_of(
        f"# note\nNumPy==2.2.6 ; python_version < '3.11' \\\n    --hash=sha256:{'1' * 64}\n    # via x\n"
    )
    assert found == (bills.Package("numpy", "2.2.6", "python_version < '3.11'", ("1" * 64,)),)
    assert found[0].url == "pkg:pypi/numpy@2.2.6"
