"""Deliveries as strangers send them: folders and archives built by hand, well-formed and hostile ones."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from detection.outside.deliveries import Delivery, opened
from detection.outside.deliveries.members import Member, accepted
from detection.outside.deliveries.stock import Stock
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.mapping import Mapping as MetadataMapping
from detection.rules.labels.intake.sources import DeliveredSource

LIMITS = Limits(pixels=1_000_000, members=50, member_bytes=3_000_000, total_bytes=8_000_000, expansion=100)
EVERYTHING = frozenset({"", ".jpg", ".txt", ".xml", ".json", ".yaml"})
SOURCE = DeliveredSource(
    format="coco", id="test", origin="test", path="unused", images="present", annotator="original", annotators={},
    guideline_version=None, class_names={}, empty_names=["empty"], boxes_follow="displayed", keep=None,
    keep_metadata=[], metadata=MetadataMapping(),
)  # fmt: skip
ABSENT = SOURCE.model_copy(update={"images": "absent"})
"""The same, of which only the labels came."""

Files = Mapping[str, bytes]
Packer = Callable[[Path, Files], Path]


def folder_of(place: Path, files: Files) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    place.mkdir(parents=True, exist_ok=True)
    return place


def zip_of(place: Path, files: Files) -> Path:
    """Pack files as a deflated zip; names go in as they are."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return place


def tar_of(place: Path, files: Files, packing: str = "", kind: int = tarfile.PAX_FORMAT) -> Path:
    """Pack files as a tar; names go in as they are."""
    with tarfile.open(place, f"w:{packing}", format=kind) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return place


def tar_with(place: Path, *members: tarfile.TarInfo) -> Path:
    """A tar of members without bytes, after one good file."""
    with tarfile.open(place, "w") as archive:
        good = tarfile.TarInfo("a.txt")
        good.size = 1
        archive.addfile(good, io.BytesIO(b"a"))
        for member in members:
            archive.addfile(member)
    return place


def zip_with(place: Path, item: zipfile.ZipInfo, content: bytes = b"") -> Path:
    """A zip of one good file and one that the caller made up."""
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.txt", b"a")
        archive.writestr(item, content)
    return place


def content_of(path: Path, limits: Limits = LIMITS) -> dict[str, bytes]:
    """All that a delivery gives."""
    with opened(path, limits) as delivery:
        return {name: delivery.read(name) for name in delivery.listing(EVERYTHING)}


def delivery_of(files: Mapping[str, str | bytes]) -> Delivery:
    """Files as a delivery that was opened, without a disk."""
    plain = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    members = accepted("delivery", [Member(name, len(content)) for name, content in plain.items()], LIMITS, None)
    return Stock("delivery", members, lambda member: plain[member.name])


def cuts(whole: bytes) -> list[bytes]:
    """A file that broke off after every twentieth of it."""
    return [whole[: len(whole) * step // 100] for step in range(0, 100, 5)]
