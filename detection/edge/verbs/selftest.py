"""``runtime.pyz selftest``: run the golden frames on this device and compare the answers with those that travelled."""

from __future__ import annotations

import argparse

from detection.edge.compare import gap
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.verbs.ending import DONE, OTHERWISE
from detection.edge.verbs.options import add_model_options
from detection.edge.vision.frames import read_image

SUMMARY = "run the bundle's golden frames and compare the answers"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``selftest``."""
    add_model_options(parser)


def call(chosen: argparse.Namespace) -> int:
    """Run the golden frames, compare, and say how far apart the answers lie."""
    bundle = open_bundle(chosen.bundle)
    golden = bundle.golden()
    images = [read_image(bundle.read(frame.file), bundle.manifest.pixel_limit) for frame in golden.frames]
    passed = True
    for variant in _variants(bundle, chosen.variant):
        detector = bundle.detector(variant, chosen.threads)
        found = gap((frame.expected[variant] for frame in golden.frames), map(detector.detect, images))
        allowed = golden.tolerance.allows(found)
        passed = passed and allowed
        limits = golden.tolerance
        print(
            f"{variant}: {'PASS' if allowed else 'FAIL'} over {found.frames} golden frames: "
            f"boxes {found.box_px:.3g} px (at most {limits.box_px:g}), scores {found.score:.3g} (at most "
            f"{limits.score:g}), without a partner {found.unmatched_share:.3g} (at most {limits.unmatched_share:g})"
        )
    return DONE if passed else OTHERWISE


def _variants(bundle: Bundle, wanted: str | None) -> list[str]:
    names = [variant.name for variant in bundle.manifest.variants]
    return names if wanted is None else [bundle.manifest.variant(wanted).name]
