"""Bundles with all their evidence, and a workspace in which they can be registered."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from detection.edge import checked
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import Identity
from detection.edge.vision.calibration import Thresholds, spell_thresholds
from detection.outside import bundles, documents, keys
from detection.outside.bundles import target
from detection.outside.database.registry import open_registry
from detection.outside.registry import people
from detection.outside.registry.submissions import registering
from detection.outside.registry.submissions.registering import Submission
from detection.outside.targets import read_targets
from detection.rules.evidence.lineage import Digest, Lineage, Package
from detection.rules.judging.costs import Cost, CostSheet
from detection.rules.judging.intervals import Interval
from detection.rules.judging.scores.rows import Intervals, ScoreRow, ScoreSheet
from tests.examples_bundles import write_colour_bundle
from tests.examples_verdict import gate, parity

ROOT = Path(__file__).resolve().parents[1]
LINEAGE = Lineage(
    data=(
        Digest("data/collect/shards/warehouse-000000.tar", "11" * 32),
        Digest("data/split/splits.parquet", "22" * 32),
    ),
    code="33" * 32,
    configuration=(Digest("params.yaml", "44" * 32), Digest("requirements/workstation.txt", "55" * 32)),
    models=(Digest("weights' tensors", "66" * 32), Digest("fp32.onnx", "77" * 32)),
    commit="88" * 20,
    changed=False,
    python="3.11.7",
    platform="linux x86_64",
    packages=(Package("numpy", "2.4.6"), Package("onnxruntime", "1.31.1")),
    seed=0,
    threads=2,
)
COSTS = CostSheet(
    (Cost("fp32", 1, 9.8, 10.2, 10.3, 120.0, 132.0, 0, None, "x86_64", "onnxruntime", True, 1.0, 80, 10.0, 10.3, 0.0),),
    "a processor",
    2,
)
_INTERVAL = Interval(0.8, 0.95, 0.95, 9)


def plain_bundle(folder: Path) -> Bundle:
    """The tiny colour model as a bundle; its evidence is still empty."""
    return write_colour_bundle(folder)


def evidenced(
    source: Bundle,
    folder: Path,
    counter: int = 1,
    *,
    spec: bytes = b"",
    judged: str = "",
    runtime: str = "",
    threshold: float = 0.0,
) -> Bundle:
    """The same bundle under the name of the default spec, with the evidence that a whole run of the pipeline leaves.

    Args:
        source: see :func:`plain_bundle`.
        folder: becomes the new bundle.
        counter: names it; another counter, another digest.
        spec: by which it was judged; the default spec if left out.
        judged: SHA-256 of the model that the verdict is about; of the bundle's own if left out.
        runtime: SHA-256 of the runtime that the certificate is about; of the bundle's own if left out.
        threshold: of every class, so that it answers otherwise; the source's own if left out.
    """
    spec = spec or (ROOT / "specs" / "spec.yaml").read_bytes()
    manifest = source.manifest
    models = {one.name: manifest.entry(one.file).sha256 for one in manifest.variants}
    evidence = {
        "verdict.json": replace(gate("PASS"), model_digests={name: judged or own for name, own in models.items()}),
        "parity.json": replace(parity(), runtime_sha256=runtime or manifest.entry("runtime.pyz").sha256),
        "scores.json": ScoreSheet((_row("all"), _row("lighting=dusk"), _row("size=small")), 0, 0, models),
        "lineage.json": LINEAGE,
    }
    contents = {entry.name: source.read(entry.name) for entry in manifest.files}
    contents |= {f"evidence/{name}": _json(value) for name, value in evidence.items()}
    if threshold:
        cuts = {"fp32": Thresholds(np.full(len(manifest.classes), threshold, np.float32), ())}
        contents["thresholds.json"] = checked.canonical(spell_thresholds(cuts, manifest.classes, models))
    targets = tuple(target(one.model_copy(update={"variant": "fp32"})) for one in read_targets(ROOT / "specs/targets"))
    own = {field.name: getattr(manifest, field.name) for field in dataclasses.fields(Identity)}
    own |= {"name": "warehouse-parcels", "counter": counter, "spec_sha256": hashlib.sha256(spec).hexdigest()}
    identity = Identity(**(own | {"targets": targets}))
    return bundles.write(folder, identity, contents | {"evidence/spec.yaml": spec})


def workspace(folder: Path) -> Path:
    """A folder with the default spec, parameters and slots, in which the registry's verbs can run."""
    for name in ("specs/spec.yaml", "params.yaml", "specs/slots/line-1.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def costs_of(bundle: Bundle) -> CostSheet:
    """What its one variant costs."""
    size = bundle.manifest.entry(bundle.manifest.variants[0].file).bytes
    return replace(COSTS, rows=(replace(COSTS.rows[0], bytes=size),))


def write_costs(bundle: Bundle, path: Path) -> None:
    """Write ``costs.json``."""
    documents.write_value(path, costs_of(bundle))


def _row(part: str) -> ScoreRow:
    figures = Intervals(_INTERVAL, None, None, _INTERVAL, _INTERVAL, None, None)
    return ScoreRow(
        "fp32", "golden", "every", part, 100, 300, 310, 270, 0.93, 0.74, 0.8, 0.871, 0.9, None, None, 5, 1, 0.2, 9,
        figures,
    )  # fmt: skip


def _json(value: object) -> bytes:
    return checked.canonical(TypeAdapter(type(value)).dump_python(value, mode="json"))


def registered_workspace(folder: Path, bundle: Bundle) -> Path:
    """A workspace with one version registered by the pipeline, and people to act on it: an engineer and two of quality.

    Their keys lie in ``keys/``; the second of quality has a passphrase, ``keys/words.txt``.
    """
    place = workspace(folder)
    bundles.place(place / "export" / "bundle", _contents(bundle))
    write_costs(bundle, place / "data" / "profile" / "costs.json")
    people_of(place)
    with open_registry(f"sqlite:///{place / 'registry.db'}", create=True) as registry:
        submission = Submission("pipeline", (), "export/bundle", costs_of(bundle))
        registering.register(registry, bundle, submission, datetime.now(UTC))
    return place


def people_of(place: Path) -> None:
    """Enrol them."""
    keys_folder, file = place / "keys", place / "specs" / "people.yaml"
    (place / ".gitignore").write_text("keys/\n")
    keys_folder.mkdir(mode=0o700)
    (keys_folder / "words.txt").write_text("two words\n")
    for name, words in (("engineer-1", None), ("quality-1", None), ("quality-2", b"two words")):
        key = keys.make(keys_folder, name, words)
        people.add(people.person_of(name, [name.split("-")[0]], people.public_of(key)), file)


def _contents(bundle: Bundle) -> dict[str, bytes]:
    contents = {entry.name: bundle.read(entry.name) for entry in bundle.manifest.files}
    return contents | {"manifest.json": bundle.manifest.to_bytes()}
