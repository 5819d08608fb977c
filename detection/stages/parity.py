"""Stage ``parity``: do training, export and device see and say the same?

Reads  data/train/weights.pt, data/convert (models and variants.json), data/calibrate/calibration.json;
       data/collect/shards, data/validate/frames.parquet, data/agreement, data/split
Writes data/parity/parity.json

Four levels (pixels, tensors, raw outputs, detections) by three executions (the framework's reader and predictor on the
trained weights; our detector in this process; the packed runtime in an environment of its own, made of the device's
requirements), over golden frames and the exam: pictures of every odd kind made of one of them. Full-precision variants
are held to the framework picture by picture, the others on average over golden frames, the packed runtime to the last
bit. Where the framework is known to do otherwise, a note says by how much. A difference above its limit is a result,
which the gate reads; the stage itself succeeds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from detection.edge.trust import exam
from detection.edge.trust.marking import marked
from detection.edge.vision.frames import PIXEL_LIMIT
from detection.edge.vision.headers import PictureSize
from detection.outside import bundles, documents, exits, files, inference, runtime_archive
from detection.outside.dataset import Dataset
from detection.outside.exam import sizes_of
from detection.outside.parity import device
from detection.outside.parity.device import Shipped
from detection.outside.parity.framework import RUNTIME, Framework, against_framework
from detection.outside.parity.notes import notes
from detection.outside.parity.pictures import Pictures, pictures_of
from detection.rules.document import Document
from detection.rules.judging import parity as judged
from detection.rules.judging import parity_rows as rows
from detection.rules.judging.parity import EXACT, Limits, ParityReport, ParityRow, Sides
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

CONVERT = Path("data/convert")
WEIGHTS = Path("data/train/weights.pt")
OUT = Path("data/parity")


class Params(Document):
    """Section ``parity`` of params.yaml."""

    frames: Annotated[int, Field(ge=1)]
    """Golden frames compared, besides the exam."""


def run(
    shipped: Shipped, framework: Framework, limits: Limits, golden: Sequence[bytes], sizes: Sequence[PictureSize]
) -> ParityReport:
    """Compare all ways.

    Args:
        shipped: models and their settings.
        framework: the trainer's side.
        limits: what trainer and export may differ by; the packed runtime may differ by nothing.
        golden: picture files' bytes; the exam is made of the first.
        sizes: of the cameras' frames.

    Raises:
        BundleError: the packed runtime does not run.
        EnvironmentMissingError: the device's environment was not made.
    """
    runtime = runtime_archive.pack()
    digest = hashlib.sha256(runtime).hexdigest()
    if not golden:
        return judged.report([], digest)
    pictures = pictures_of(golden, sizes)
    compared = [
        *against_framework(shipped, framework, limits, pictures),
        *against_device(shipped, runtime, pictures),
    ]
    return judged.report(compared, digest, notes(shipped, framework, pictures))


def against_device(shipped: Shipped, runtime: bytes, pictures: Pictures) -> Iterator[ParityRow]:
    """Our detector in this process with the packed runtime in another, to the last bit."""
    due = exam.sit(pictures.every, shipped.detectors(), PIXEL_LIMIT)
    given = device.sittings(shipped, runtime, pictures.every, due)
    told: set[tuple[str, str]] = set()
    for variant in shipped.variants.variants:
        place, marks = device.place_of(variant), marked(due, given[variant.name])
        shown = f"{variant.width} x {variant.height}"
        if (place, "") not in told:
            apart = [marks.pixels.apart] * marks.pixels.compared
            yield rows.pixels(Sides(RUNTIME, place, ""), apart, len(marks.otherwise), EXACT)
        if (place, shown) not in told:
            apart = [marks.tensors.apart] * marks.tensors.compared
            yield rows.tensors(Sides(RUNTIME, place, shown), apart, EXACT)
        told |= {(place, ""), (place, shown)}
        sides, raw = Sides(RUNTIME, place, variant.name), marks.raw[variant.name]
        yield rows.same_bits(sides, raw.differing, raw.compared)
        yield rows.of_gap(sides, marks.found[variant.name], EXACT)


def main() -> None:
    """Read, compare, write."""
    from detection.outside.ultralytics.prediction import Predictor, read

    params = documents.read_document(Params, Path("params.yaml"), section="parity")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    allowed = spec.parity
    settings = inference.settings_of(spec.output)
    limits = Limits(
        allowed.tensor_difference_maximum,
        allowed.box_difference_maximum_px,
        allowed.score_difference_maximum,
        allowed.unmatched_share_maximum,
        allowed.variant_score_difference_maximum,
    )
    variants = documents.read_value(Variants, CONVERT / "variants.json")
    models = {variant.file: bundles.read_part(CONVERT / variant.file) for variant in variants.variants}
    calibration = bundles.read_part(Path("data/calibrate/calibration.json"))
    dataset = Dataset.open()
    golden = [dataset.image(int(row)) for row in dataset.exam()[: params.frames]]
    framework = Framework(
        read,
        lambda size: Predictor(WEIGHTS, size, settings),
        lambda size: Predictor(WEIGHTS, size, settings, whole=False),
        lambda size: Predictor(WEIGHTS, size, None, whole=False),
    )
    report = run(Shipped(variants, models, calibration, settings), framework, limits, golden, sizes_of(dataset.frames))
    files.empty_folder(OUT)
    documents.write_value(OUT / "parity.json", report)
    for row in report.rows:
        print(sentence(row))


def sentence(row: ParityRow) -> str:
    """A comparison in one line, each measure with its limit."""
    measures = ", ".join(f"{d.name} {d.observed:.3g} (at most {d.limit:g}) {d.unit}".rstrip() for d in row.differences)
    variant = f" {row.variant}" if row.variant else ""
    return f"{row.verdict} {row.level}{variant}: {row.left} / {row.right}, {row.frames} frames: {measures}"


if __name__ == "__main__":
    exits.run(main)
