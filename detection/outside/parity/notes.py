"""Where the training framework is known to do otherwise than what ships: measured and named, held against nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from detection.edge.compare import gap
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image, read_image
from detection.edge.vision.headers import PictureSize
from detection.outside.parity.device import Shipped
from detection.outside.parity.framework import Framework, Trainer, with_area
from detection.outside.parity.pictures import Pictures
from detection.rules.judging.parity import Measured, Note
from detection.rules.variants import Variant


def notes(shipped: Shipped, framework: Framework, pictures: Pictures) -> Iterator[Note]:
    """Measure every known difference; see :class:`detection.rules.judging.parity.Note`."""
    variant = shipped.variants.variants[0]
    size, ours = PictureSize(variant.width, variant.height), shipped.plain(variant)
    images = [read_image(content) for content in pictures.golden.values()]
    yield _rectangles(framework.rectangular(size), ours, variant, images)
    yield _defaults(framework.untouched(size), ours, images)
    yield _torn(framework, {name: pictures.odd[name] for name in pictures.refused})
    yield _flat_boxes(framework.at(size), pictures)
    if any(one.precision != "fp32" for one in shipped.variants.variants):
        yield Note(
            "No trainer in few bits",
            "The framework runs the trained weights in full precision only. Variants of fewer bits are compared with "
            "it at their own input size, and held to how far scores lie apart on average.",
            0,
            (),
        )


def _rectangles(theirs: Trainer, ours: Detector, variant: Variant, images: Sequence[Image]) -> Note:
    looks = [theirs.look(image) for image in images]
    found = gap((with_area(look.found) for look in looks), map(ours.detect, images))
    shapes = sorted({look.tensor.shape[2:] for look in looks})
    shown = " and ".join(f"{shape[1]} x {shape[0]}" for shape in shapes[:3]) + " and others" * (len(shapes) > 3)
    return Note(
        "Rectangles by itself",
        "Left alone, the framework's own predict and val pad frames for the weights to a rectangle, here "
        f"{shown}, and for an export to a square; {variant.name} is fixed to {variant.width} x {variant.height}, and "
        "the comparisons hold the framework to the same. Whoever calls predict on the weights alone sees boxes and "
        "scores that differ so much.",
        len(images),
        (
            Measured("box corner", "px", found.box_px),
            Measured("score", "", found.score),
            Measured("without a partner", "share", found.unmatched_share),
        ),
    )


def _defaults(theirs: Trainer, ours: Detector, images: Sequence[Image]) -> Note:
    return Note(
        "Other cuts by itself",
        "Left alone, predict leaves out scores below 0.25 and suppresses at an overlap of 0.7; what ships suppresses "
        "and cuts as the specification and the thresholds say, on calibrated scores.",
        len(images),
        (
            Measured("detections, left alone", "", sum(len(theirs.look(image).found) for image in images)),
            Measured("detections above our floor", "", sum(len(ours.detect(image)) for image in images)),
        ),
    )


def _torn(framework: Framework, torn: Mapping[str, bytes]) -> Note:
    taken = sum(framework.read(content, PurePath(name).suffix) is not None for name, content in torn.items())
    return Note(
        "Torn files",
        "What ships refuses pictures that are cut short, spoilt or beyond the pixel limit before it decodes them, and "
        "counts them. The framework leaves that to the OpenCV it finds; older ones hand out half a JPEG as whole.",
        len(torn),
        (Measured("read by the framework", "pictures", taken), Measured("read by what ships", "pictures", 0)),
    )


def _flat_boxes(theirs: Trainer, pictures: Pictures) -> Note:
    whole = [content for name, content in pictures.odd.items() if name not in pictures.refused]
    looks = [theirs.look(read_image(content)).found for content in whole]
    flat = sum(len(found) - len(with_area(found)) for found in looks)
    return Note(
        "Boxes without an area",
        "The framework also reports boxes that lie wholly in the padding and end as a line on the frame's border; what "
        "ships drops them, and they are left out of the comparisons.",
        len(whole),
        (Measured("boxes without an area", "", flat),),
    )
