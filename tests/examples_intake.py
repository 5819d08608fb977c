"""Deliveries made by hand, the entries of ``collect.sources`` that point at them, and a folder to collect them in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from detection.outside import documents
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.sources import DeliveredSource

ROOT = Path(__file__).parents[1]
OUT = Path("data/collect")
LIMITS = Limits(pixels=1_000_000, members=1000, member_bytes=10_000_000, total_bytes=100_000_000, expansion=200)

HEADER = "image,annotator,x1,y1,x2,y2,label"


def entry(**changes: Any) -> dict[str, Any]:
    """A delivered source as params.yaml writes it."""
    plain: dict[str, Any] = {
        "id": "yard", "origin": "scenes", "format": "csv", "path": "delivery", "images": "present",
        "annotator": "original", "annotators": {}, "guideline_version": None, "class_names": {}, "empty_names": [],
        "boxes_follow": "displayed", "keep": None, "keep_metadata": [], "metadata": {},
    }  # fmt: skip
    return plain | changes


def source(**changes: Any) -> DeliveredSource:
    """The same, parsed."""
    return DeliveredSource.model_validate(entry(**changes))


def delivery(folder: Path, images: Mapping[str, bytes], x1: int = 2) -> Path:
    """A folder of JPEG files of any size, each with one box, drawn by ``original``; its labels are in ``boxes.csv``."""
    lines = [HEADER]
    for name, content in images.items():
        place = folder / f"{name}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        lines.append(f"{name}.jpg,original,{x1},1,9,9,box")
    (folder / "boxes.csv").write_text("\n".join(lines) + "\n")
    return folder


def workspace(folder: Path, monkeypatch: pytest.MonkeyPatch, *sources: dict[str, Any], **spec: Any) -> None:
    """A folder with params and the default spec, some sections of it replaced, as the place where stages run."""
    folder.mkdir(exist_ok=True)
    section = yaml.safe_load((ROOT / "params.yaml").read_text())["collect"] | {"sources": list(sources)}
    (folder / "params.yaml").write_text(yaml.safe_dump({"collect": section}))
    (folder / "specs").mkdir(exist_ok=True)
    known = yaml.safe_load((ROOT / "specs" / "spec.yaml").read_text())
    known["conditions"] += spec.pop("conditions", [])
    (folder / "specs" / "spec.yaml").write_text(yaml.safe_dump(known | spec))
    monkeypatch.chdir(folder)


def right(source: str = "scenes", **changes: Any) -> dict[str, Any]:
    """The right to use a source's frames, as the spec writes it."""
    return {"id": source, "licence": "Apache-2.0", "consent": "not-needed", "retain_until": None} | changes


def told() -> Collection:
    """What the stage said of its collection."""
    return documents.read_value(Collection, OUT / "source.json")


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
