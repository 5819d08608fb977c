"""``runtime.pyz build``: an engine for the card of this device, of the model that the bundle carries."""

from __future__ import annotations

import argparse
from pathlib import Path

from detection.edge.engines.built import BuiltEngine, note_of
from detection.edge.installation import disk
from detection.edge.installation.engine import BUILT_HERE
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.trust.keys import read_trust
from detection.edge.trust.manifest import Target
from detection.edge.verbs.ending import DONE
from detection.edge.verbs.options import add_trust_option
from detection.errors import BundleError, DetectionError, EnvironmentMissingError, ModelError

SUMMARY = "build the engine of a target that needs one of its own; install does it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``build``."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")
    parser.add_argument("--target", required=True, metavar="ID", help="the target that this device is")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the engine; a note goes beside it")
    add_trust_option(parser)


def call(chosen: argparse.Namespace) -> int:
    """Build it, and write it with its note."""
    bundle = open_bundle(chosen.bundle, read_trust(chosen.trust) if chosen.trust else None)
    target = _target(bundle, chosen.target)
    made = built(bundle, target.variant, target.engine)
    try:
        chosen.output.parent.mkdir(exist_ok=True)
        disk.create(chosen.output, made.content)
        disk.create(note_of(chosen.output), made.note())
        disk.sync_folder(chosen.output.parent)
        disk.sync_folder(chosen.output.parent.parent)
    except OSError as error:
        raise DetectionError(f"{chosen.output}: cannot be written ({error.strerror or error}); free space") from error
    print(f"{chosen.output}: {len(made.content)} bytes, of {target.variant} for {target.id}")
    return DONE


def built(bundle: Bundle, variant: str, engine: str, card: str | None = None) -> BuiltEngine:
    """An engine of a variant's model file.

    Args:
        bundle: checked.
        variant: its name.
        engine: ``tensorrt``, or ``tensorrt-rtx``.
        card: compute capability to build for; None is the card that stands here.

    Raises:
        BundleError: no engine can be built of this model.
        EnvironmentMissingError: the engine's package is not here.
    """
    from detection.edge.engines import tensorrt

    entry = bundle.manifest.entry(bundle.manifest.variant(variant).file)
    try:
        made = tensorrt.build(bundle.read(entry.name), engine.replace("-", "_"), card)
    except ImportError as error:
        raise EnvironmentMissingError(
            f"engine {engine} cannot be built ({error}); name an interpreter that has the package with --environment"
        ) from error
    except ModelError as error:
        raise BundleError(f"{entry.name}: {error}") from error
    return BuiltEngine(engine, entry.sha256, made.content)


def _target(bundle: Bundle, wanted: str) -> Target:
    found = [target for target in bundle.manifest.targets if target.id == wanted]
    if not found or found[0].engine not in BUILT_HERE:
        raise BundleError(f"target {wanted}: expected one of the bundle's with engine {' or '.join(BUILT_HERE)}")
    return found[0]
