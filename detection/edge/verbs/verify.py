"""``runtime.pyz verify``: check every file of a bundle."""

from __future__ import annotations

import argparse
from pathlib import Path

from detection.edge.trust.verify import verified
from detection.edge.verbs.ending import DONE

SUMMARY = "check every file of the bundle"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``verify``."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")


def call(chosen: argparse.Namespace) -> int:
    """Check, and say what it is."""
    found = verified(chosen.bundle)
    manifest = found.manifest
    print(f"{manifest.name} {manifest.counter}: {len(manifest.files)} files as they should be, digest {found.digest}")
    return DONE
