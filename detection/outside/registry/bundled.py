"""What lies in a registered version's bundle, read where it was registered; nothing that is not what was registered."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from detection.errors import DetectionError
from detection.outside import documents, dvc
from detection.rules.evidence.registry.known import Evidence
from detection.rules.judging.gates.lines import Verdict
from detection.rules.registry.registered import Content
from detection.rules.spec.spec import Spec

VERDICT, SPEC = "evidence/verdict.json", "evidence/spec.yaml"
CACHE = Path(".dvc/cache/files/md5")
_MARK = "dvc:"
_VERDICT = TypeAdapter(Verdict)


def evidence_of(content: Content, root: Path = Path(), cache: Path = CACHE) -> Evidence:
    """Verdict and specification of a version, as far as they are at hand and are what was registered.

    Args:
        content: of the version.
        root: the workspace.
        cache: of DVC, below it.
    """
    spec = _file(content, SPEC, root, root / cache)
    return Evidence(
        verdict_of(content, root, cache),
        None if spec is None or _sha256(spec) != content.spec_digest else _spec(spec),
    )


def verdict_of(content: Content, root: Path = Path(), cache: Path = CACHE) -> Verdict | None:
    """The verdict of a version; None where it is not at hand, or not what was registered."""
    found = _file(content, VERDICT, root, root / cache)
    return None if found is None or _sha256(found) != content.verdict_digest else _verdict(found)


def _file(content: Content, name: str, root: Path, cache: Path) -> bytes | None:
    """A file of the bundle; None where it is not at hand."""
    place = content.bundle_place
    try:
        if place.startswith(_MARK):
            md5 = place.removeprefix(_MARK)
            listed = dvc.read_list(cache / md5[:2] / md5[2:], md5)
            found = next((one.md5 for one in listed if one.name == name), "")
            return (cache / found[:2] / found[2:]).read_bytes() if found else None
        folder = (root / place).resolve()
        return (folder / name).read_bytes() if folder.is_relative_to(root.resolve()) else None
    except (OSError, DetectionError, ValueError):
        return None


def _verdict(content: bytes) -> Verdict | None:
    try:
        return _VERDICT.validate_python(json.loads(content), strict=False)
    except (ValueError, ValidationError):
        return None


def _spec(content: bytes) -> Spec | None:
    """None where it was written for another version of this program: the digest still names it."""
    try:
        return documents.parse_document(Spec, content, Path(SPEC))
    except DetectionError:
        return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
