"""``runtime.pyz verify``: check every file of a bundle, and who signed it."""

from __future__ import annotations

import argparse
from pathlib import Path

from detection.edge.trust.keys import read_trust
from detection.edge.trust.verify import verified
from detection.edge.verbs import options
from detection.edge.verbs.ending import DONE

SUMMARY = "check every file of the bundle"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``verify``."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")
    options.add_trust_option(parser)


def call(chosen: argparse.Namespace) -> int:
    """Check, and say what it is."""
    found = verified(chosen.bundle)
    manifest = found.manifest
    if chosen.trust is None:
        said = "signatures not looked at (name a folder of keys with --trust)"
    else:
        from detection.edge.trust.signatures import require_signed

        trust = read_trust(chosen.trust)
        statement = require_signed(found, trust)
        end = "" if statement.expires is None else f", may be installed until {statement.expires}"
        said = f"signed by at least {trust.threshold} of {len(trust.keys)} trusted keys{end}"
    print(f"{manifest.name} {manifest.counter}: {len(manifest.files)} files as they should be, digest {found.digest}")
    print(said)
    return DONE
