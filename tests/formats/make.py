"""Make the bundle that stands for the present format: ``python -m tests.formats.make``. Its keys are thrown away."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from detection.edge import checked
from detection.edge.engines.onnx import OnnxSession
from detection.edge.settings import Settings
from detection.edge.telemetry import domain
from detection.edge.trust.golden import Tolerance
from detection.edge.trust.manifest import FORMAT, Identity, Target, Variant
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import read_image
from detection.edge.vision.headers import PictureSize
from detection.outside import bills, bundles, runtime_archive, self_test
from detection.outside.bills import Origin
from detection.outside.keys import generate
from detection.outside.self_test import Examined, GoldenPicture
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.spec.labels import Source
from tests.examples_bundles import DOMAIN, HALVED, WATCH, picture, png, reference_of_pictures, thresholds_of
from tests.examples_models import CLASSES, SIZE, colour_model
from tests.examples_signing import seal, trust_in, write_trust

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SETTINGS = Settings(suppression_iou=0.3, score_floor=0.5, maximum_detections=3)
"""Few answers: they make most of the file."""
TARGETS = tuple(
    Target(f"cpu-{machine.replace('_', '-')}", machine, "onnxruntime", "fp32", 1000, 500)
    for machine in ("aarch64", "x86_64")
)


def make(folder: Path) -> None:
    """Write ``bundle`` and ``trust`` into a folder."""
    pictures = [GoldenPicture(f"{seed:04d}.png", png(picture(seed, 48, 36))) for seed in (1, 2, 3)]
    detector = Detector(OnnxSession(colour_model()), SETTINGS, HALVED)
    images = [read_image(one.content) for one in pictures]
    counted = reference_of_pictures(images, [detector.detect(image) for image in images])
    spec = (ROOT / "specs" / "spec.yaml").read_bytes()
    variant = Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE)
    identity = Identity(
        "colours", 1, CLASSES, SETTINGS, 200_000, hashlib.sha256(spec).hexdigest(), (variant,), TARGETS, WATCH
    )
    contents = {
        runtime_archive.NAME: runtime_archive.pack(),
        "requirements.txt": _requirements(),
        "models/fp32.onnx": colour_model(),
        "calibration.json": checked.canonical({"fp32": HALVED.to_json(CLASSES)}),
        "thresholds.json": checked.canonical(thresholds_of(colour_model())),
        "reference.json": checked.canonical(counted.to_json()),
        domain.NAME: checked.canonical(DOMAIN.to_json()),
        "evidence/verdict.json": checked.canonical({"verdict": "PASS"}),
        **self_test.packed(
            identity, {"fp32": detector}, Examined(pictures, [PictureSize(48, 36)], Tolerance(0.5, 0.01, 0.01), 0.02)
        ),
    }
    contents[f"evidence/{bills.NAME}"] = bills.bill(identity, contents, _origin(contents["models/fp32.onnx"]))
    bundles.write(folder / "bundle", identity, contents)
    signers = [generate(name) for name in ("first", "second")]
    seal(folder / "bundle", *signers)
    write_trust(folder / "trust", replace(trust_in(*signers), threshold=2))


def _requirements() -> bytes:
    """One file of each package that a device needs: the form counts here, and the list of all is long."""
    pinned = bills.packages_of((ROOT / "requirements" / "edge.txt").read_text())
    return "".join(
        f"{one.name}=={one.version}{f' ; {one.marker}' if one.marker else ''} \\\n    --hash=sha256:{one.sha256[0]}\n"
        for one in pinned
        if one.name in ("cryptography", "numpy", "onnxruntime", "opencv-python-headless")
    ).encode()


def _origin(model: bytes) -> Origin:
    data = Digest("drawn patches", hashlib.sha256(model).hexdigest())
    lineage = Lineage((data,), "0" * 64, (), (), "", False, "3.11", "linux", (), 0, 1)
    return Origin(lineage, (), (Source(id="drawn", licence="Apache-2.0", consent="not-needed", retain_until=None),))


if __name__ == "__main__":
    make(HERE / f"bundle-{FORMAT}")
