"""A split that somebody brought, as folders or lists: images hashed, labels read, handed to the audit of our own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import numpy as np

from detection.errors import FrameError, SourceError, SplitError
from detection.outside import files, pictures, pixels
from detection.outside.deliveries import Delivery
from detection.outside.formats.reading import coco, voc, yolo
from detection.outside.pixels import Pixels
from detection.rules.evidence.labels import split as evidence
from detection.rules.evidence.page import Picture
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Answer, Common, Context, Stored, strings, tables
from detection.rules.labels.intake.lists import listed
from detection.rules.labels.intake.mapping import Mapping as Metadata
from detection.rules.labels.intake.sources import DeliveredSource
from detection.rules.labels.samples import Annotations
from detection.rules.labels.splits import grouping
from detection.rules.labels.splits.attack import Dice
from detection.rules.labels.splits.certificate import Certificate, NearPair
from detection.rules.labels.splits.crossings import Sided, crossings
from detection.rules.labels.splits.division import attacked
from detection.rules.labels.splits.frozen import FrozenSets
from detection.rules.labels.splits.grouping import Signatures
from detection.rules.labels.splits.placement import JUDGING, SIDES, TEST, TRAIN, VAL, Shares
from detection.rules.labels.splits.proof import Audit, Sets, certify
from detection.rules.labels.splits.strata import strata
from detection.rules.spec.labels import JudgingFrames, MinimumGroups, Source, Split

FOLDERS = {"train": TRAIN, "val": VAL, "valid": VAL, "validation": VAL, "test": JUDGING}
"""Names of folders, in lower case, and the side that they stand for."""
READERS = {"coco": coco.read, "voc": voc.read, "yolo": yolo.read}
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the split, and what to look for.

    Attributes:
        lists: folder with train.txt and val.txt or test.txt; None takes the folders of the images.
        patterns: ``camera``, ``scene`` and ``second`` to regular expressions on the file name, with one group each.
        window_s: frames of one camera no further apart than this are neighbours; needs ``second``.
        bits: pictures that differ in no more bits of their hashes are near-duplicates.
        format: coco, voc or yolo: how the labels are written; None does not read them.
        dice: of the attack.
    """

    lists: Path | None
    patterns: Mapping[str, str]
    window_s: float
    bits: int
    format: str | None
    dice: Dice


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What was read of a delivery: images on their sides, and those that were not.

    Attributes:
        placed: images with their sides.
        labels: their boxes, each naming its image by its name, for copies have one id; none without a format.
        unread: images that could not be decoded.
        sideless: images that stand in no folder or list of a side.
    """

    placed: Sided
    labels: Annotations
    unread: tuple[str, ...]
    sideless: int


def read(delivery: Delivery, asked: Asked, shown: Callable[[list[str]], Iterable[str]] = iter) -> Read:
    """Hash every image of a side and read its labels.

    Args:
        delivery: folder or archive.
        asked: what is known of it.
        shown: wraps the names, to show progress.

    Raises:
        SourceError: no images, no sides, or a pattern that does not fit the names.
    """
    names = delivery.listing(IMAGE_SUFFIXES)
    side_of = _sides(names, asked.lists)
    wanted = [name for name in names if side_of[name]]
    if len({side_of[name] for name in wanted}) < 2:
        raise SourceError(
            f"{delivery.place}: {len(names)} images and fewer than two sides; expected images under folders named "
            f"{', '.join(FOLDERS)}, or --lists with train.txt and val.txt or test.txt"
        )
    said = _told(wanted, asked.patterns)
    answers = _answers(delivery, asked)
    rows, measured, digests = [], {}, {}
    for name in shown(wanted):
        content = delivery.read(name)
        digests[name], measured[name] = hashlib.sha256(content).hexdigest(), pixels.measure(content)
        found = measured[name]
        own = answers.get(name, []) if found.readable else []
        context = Context("", said[name].get("camera", ""), said[name].get("scene", ""), _moment(said[name]), {})
        rows.append(Stored(name, name, "", 0, 0, found.width, found.height, context, tuple(_scaled(own, found))))
    source = Source(id="brought", licence="", consent="", retain_until=None)
    made = tables(rows, Common(source, (), ""))
    signatures = _signatures(made.frames.name.tolist(), measured)
    frames = replace(made.frames, id=strings([digests[name] for name in made.frames.name.tolist()]))
    side = np.array([SIDES.index(side_of[name]) for name in frames.name.tolist()], np.int64)
    unread = tuple(sorted(name for name, found in measured.items() if not found.readable))
    return Read(Sided(frames, signatures, side), made.boxes, unread, len(names) - len(wanted))


def judge(found: Read, asked: Asked) -> Certificate:
    """The certificate of a split that was brought."""
    rule = _rule(asked)
    placed = found.placed
    by_name = replace(placed, frames=replace(placed.frames, id=placed.frames.name))
    groups = grouping.groups(placed.frames, placed.signatures, rule)
    audit = Audit(
        official=True,
        salt="",
        shares=Shares(0, 0, 0),
        unplaced_frames=found.sideless,
        set_aside=(),
        ties=groups.ties,
        frozen=FrozenSets(),
        crossings=crossings(placed, rule),
        attack=attacked(by_name, found.labels, asked.dice) if asked.format else None,
    )
    names = {TRAIN: TRAIN, VAL: VAL, JUDGING: TEST}
    split_of = strings([names[SIDES[side]] for side in placed.side.tolist()])
    counted = strata(by_name.frames, found.labels)
    nobody = np.zeros(len(placed.frames), bool)
    return certify(Sets(placed, groups.group_of, split_of, counted, nobody), rule, audit)


def shown(delivery: Delivery, pair: NearPair) -> tuple[Picture, ...]:
    """Two images side by side; none where one cannot be shown."""
    try:
        drawn = [pictures.frame(delivery.read(name), ()) for name in (pair.name, pair.other_name)]
    except (FrameError, SourceError):
        return ()
    return evidence.side_by_side(pair, drawn)


def _rule(asked: Asked) -> Split:
    nothing = JudgingFrames(frames=0, where={}, balance_by=None, verified_only=False)
    return Split(
        keys=[key for key in ("camera", "scene") if key in asked.patterns],
        time_window_s=asked.window_s if "second" in asked.patterns else None,
        near_duplicate_bits=asked.bits,
        attack_advantage_maximum=None,
        minimum_groups=MinimumGroups(train=1, val=1, test=1),
        golden=nothing,
        challenge=nothing,
    )


def _sides(names: list[str], lists: Path | None) -> dict[str, str]:
    """The side of every name; ``""`` for none."""
    if lists is None:
        return {name: _folder_side(name) for name in names}
    side_of = dict.fromkeys(names, "")
    faults = []
    for word, side in FOLDERS.items():
        path = lists / f"{word}.txt"
        for name in np.array(names, object)[listed(names, files.read_lines(path))] if path.exists() else ():
            if side_of[name] not in ("", side):
                faults.append(f"{name}: stands in the lists of {side_of[name]} and {side}")
            side_of[name] = side
    if faults:
        raise SplitError(f"{lists}: {len(faults)} image(s) stand in two lists", faults[:_SHOWN])
    return side_of


def _folder_side(name: str) -> str:
    sides = [FOLDERS[part.lower()] for part in PurePosixPath(name).parts[:-1] if part.lower() in FOLDERS]
    return sides[-1] if sides else ""


def _told(names: list[str], patterns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the patterns say of every name."""
    told: dict[str, dict[str, str]] = {name: {} for name in names}
    faults = []
    for key, pattern in patterns.items():
        found = {name: re.search(pattern, name) for name in names}
        strange = [name for name, match in found.items() if match is None]
        faults += [f"--{key} {pattern}: does not fit {len(strange)} names, such as {strange[0]}"] if strange else []
        for name, match in found.items():
            if match is not None:
                told[name][key] = match[1]
    if faults:
        raise SourceError("patterns must fit every image's name", faults)
    return told


def _moment(said: Mapping[str, str]) -> datetime | None:
    if "second" not in said:
        return None
    try:
        return datetime.fromtimestamp(float(said["second"]), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SourceError(f"--second: {said['second']!r} is no number of seconds; mend the pattern") from error


def _answers(delivery: Delivery, asked: Asked) -> dict[str, list[tuple[bool, Answer]]]:
    """By image the answers that the labels hold, and whether their corners are parts of the sides."""
    if asked.format is None:
        return {}
    source = DeliveredSource(
        format=asked.format,  # type: ignore[arg-type]
        id="brought",
        origin="brought",
        path=delivery.place,
        images="present",
        annotator="original",
        annotators={},
        guideline_version=None,
        class_names={},
        empty_names=[],
        boxes_follow="displayed",
        keep=None,
        keep_metadata=[],
        metadata=Metadata(),
    )
    export = READERS[asked.format](delivery, source)
    return {image.name: [(image.relative, answer) for answer in image.answers] for image in export.images}


def _scaled(own: Iterable[tuple[bool, Answer]], found: Pixels) -> Iterable[Answer]:
    size = np.array([found.width, found.height, found.width, found.height], np.float32)
    for relative, said in own:
        corners = said.corners * size if relative else said.corners
        marks = (said.occluded, said.truncated, said.crowd)
        yield Answer(said.annotator, said.guideline, said.verified, said.labels, corners, *marks)


def _signatures(names: list[str], measured: Mapping[str, Pixels]) -> Signatures:
    hashes = np.array([measured[name].hash for name in names], np.uint64)
    return Signatures(hashes, np.array([measured[name].readable for name in names], bool))
