"""Deliveries made by hand: a folder of images with an entry of ``collect.sources`` that points at it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.sources import DeliveredSource

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
