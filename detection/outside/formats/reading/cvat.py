"""CVAT for images 1.1: one XML file a task, job or project. Knows the format, not what the classes mean.

Every ``*.xml`` of the delivery must be such a file; several files are several annotators or tasks. Who drew is the
job's or task's assignee, else its owner, else what the source says. Of shapes that are no boxes the box around them
counts; where that holds nothing (a point, a level line) the object is there and nobody drew it. A listed image without
shapes was looked at and is empty; an image file that no XML lists was not looked at. Tags say nothing about objects;
their attributes, like the image's ``subset``, become fields of the image; ``guideline`` among them is the version that
the annotator followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from detection.errors import SourceError
from detection.outside import xml
from detection.outside.deliveries import Delivery
from detection.outside.formats.reading import claims, geometry
from detection.outside.formats.reading.claims import Gathered
from detection.outside.formats.reading.geometry import Corners, number
from detection.outside.formats.reading.pairing import ClaimError, Images
from detection.rules.labels.intake.arrivals import Export, LabelledImage, Marks, Rejected, answer
from detection.rules.labels.intake.sources import DeliveredSource

MAXIMUM_BYTES = 1_000_000_000
"""No XML file is read that is longer."""

_FLAGS = ("truncated", "crowd")
_YES = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One XML file: its images and who drew on them, by task id; the empty id stands for all others."""

    name: str
    root: Element
    annotators: Mapping[str, str]


def read(delivery: Delivery, source: DeliveredSource) -> Export:
    """Read every XML file of a delivery.

    Args:
        delivery: XML files and images, anywhere in it.
        source: its entry in params.yaml.

    Raises:
        SourceError: no XML file, or files that are not CVAT for images, all of them; or annotators without a name of
            their own.
    """
    files, gathered = Images(delivery, source.images == "absent"), Gathered()
    for task in _tasks(delivery, source):
        for item in task.root.findall("image"):
            claim = item.get("name") or ""
            name = claim
            try:
                name = files.nearest(claim)
                gathered.add(_labelled(name, item, task, source, gathered))
            except ClaimError as fault:
                gathered.reject(name or task.name, fault)
    return gathered.export(files, source.annotators)


def _tasks(delivery: Delivery, source: DeliveredSource) -> list[_Task]:
    tasks, faults = [], []
    names = delivery.listing(frozenset({".xml"}))
    for name in names:
        try:
            root = xml.parse(delivery.read(name), MAXIMUM_BYTES)
            if fault := _fault(root):
                raise xml.XmlError(fault)
            tasks.append(_Task(name, root, _annotators(root, source.annotator)))
        except (xml.XmlError, SourceError) as error:
            faults.append(f"{name}: {error}")
    if not names:
        faults.append("no XML file in it; expected annotations.xml")
    if faults:
        raise claims.refusal(delivery.place, "CVAT for images", faults)
    return tasks


def _fault(root: Element) -> str:
    if root.tag != "annotations":
        return f"<{root.tag[:40]}> is the outermost element; expected <annotations>"
    if root.find("track") is not None:
        return "holds tracks: it is CVAT for video; export as CVAT for images 1.1"
    if root.findtext("version", "1.1").strip() != "1.1":
        return f"is version {root.findtext('version', '')[:20]!r}; expected 1.1"
    return ""


def _annotators(root: Element, otherwise: str) -> Mapping[str, str]:
    """Task ids to annotators' names."""
    whole = [element for kind in ("job", "task", "project") for element in root.iterfind(f"meta/{kind}")]
    known = {"": next(filter(None, map(_person, whole)), otherwise)}
    for task in root.iterfind("meta/project/tasks/task"):
        known[task.findtext("id", "").strip()] = _person(task) or known[""]
    return known


def _person(element: Element) -> str:
    for role in ("assignee", "owner"):
        for part in (f"{role}/username", f"{role}/email", role):
            if name := (element.findtext(part) or "").strip():
                return name
    return ""


def _labelled(name: str, item: Element, task: _Task, source: DeliveredSource, gathered: Gathered) -> LabelledImage:
    faults: list[str] = []
    width, height = (_side(item, side, faults) for side in ("width", "height"))
    labels, corners, unboxed = [], [], []
    flags: dict[str, list[bool]] = {"occluded": [], **{flag: [] for flag in _FLAGS}}
    for place, shape in enumerate(_shapes(item), start=1):
        label = (shape.get("label") or "").strip()
        try:
            box = _box(shape)
            if not label:
                raise ValueError("label is missing")
        except ValueError as error:
            faults.append(f"shape {place} (<{shape.tag}>): {error}")
            continue
        if box is None and label not in source.empty_names:
            unboxed.append(f"{label} as {shape.tag}")
        if box is not None:
            labels.append(label)
            corners.append(box)
            flags["occluded"].append(shape.get("occluded") == "1")
            for flag in _FLAGS:
                flags[flag].append(_attribute(shape, flag).lower() in _YES)
    if faults:
        raise ClaimError("unreadable-labels", f"{task.name}: {'; '.join(faults[:10])}")
    who = task.annotators.get(item.get("task_id") or "", task.annotators[""])
    fields = _fields(item)
    said = answer(who, labels, np.array(corners, np.float64), Marks(**flags), fields.get("guideline", ""))
    if unboxed:
        told = f"{task.name}: {who} marks {', '.join(unboxed[:5])} without a box; draw it, or remove the mark"
        gathered.rejected.append(Rejected(name, "unboxed-object", told))
    answers = () if unboxed else (said,)
    return LabelledImage(name, width, height, relative=False, answers=answers, fields=fields)


def _side(item: Element, side: str, faults: list[str]) -> int:
    text = (item.get(side) or "0").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        faults.append(f"{side} is {text[:40]!r}; expected whole pixels")
        return 0
    return int(text)


def _shapes(item: Element) -> Iterator[Element]:
    return (shape for shape in item if shape.tag in _BOX_OF)


def _attribute(shape: Element, name: str) -> str:
    found = (a.text or "" for a in shape.findall("attribute") if a.get("name") == name)
    return next(found, "").strip()


def _fields(item: Element) -> Mapping[str, str]:
    told = {a.get("name") or "": (a.text or "").strip() for a in item.iterfind("tag/attribute")}
    if subset := item.get("subset"):
        told["subset"] = subset
    return {key: value for key, value in told.items() if key and value}


def _box(shape: Element) -> Corners | None:
    """The box around a shape; None if there is nothing to draw a box around."""
    return _BOX_OF[shape.tag](shape)


def _drawn(shape: Element) -> Corners:
    box = [number(shape.get(key), key) for key in ("xtl", "ytl", "xbr", "ybr")]
    return geometry.turned(box, _rotation(shape), geometry.centre(box))


def _around_points(shape: Element) -> Corners | None:
    pairs = [pair.split(",") for pair in (shape.get("points") or "").split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"points is {(shape.get('points') or '')[:40]!r}; expected x,y;x,y;...")
    box = geometry.around([[number(x, "x"), number(y, "y")] for x, y in pairs])
    return box if geometry.has_area(box) else None


def _around_ellipse(shape: Element) -> Corners:
    x, y, rx, ry = (number(shape.get(key), key) for key in ("cx", "cy", "rx", "ry"))
    return geometry.ellipse([x, y], [rx, ry], _rotation(shape))


def _around_mask(shape: Element) -> Corners:
    left, top, width, height = (number(shape.get(key), key) for key in ("left", "top", "width", "height"))
    return [left, top, left + width, top + height]


def _around_cuboid(shape: Element) -> Corners:
    ends = [f"{side}{face}" for side in ("tl", "tr", "bl", "br") for face in "12"]
    return geometry.around([[number(shape.get(f"{axis}{end}"), f"{axis}{end}") for axis in "xy"] for end in ends])


def _around_parts(shape: Element) -> Corners | None:
    boxes = [[number(v, "points") for v in (part.get("points") or "").split(",")] for part in shape.iter("points")]
    if any(len(pair) != 2 for pair in boxes):
        raise ValueError("a point of the skeleton is not x,y")
    box = geometry.around(boxes) if boxes else None
    return box if box is not None and geometry.has_area(box) else None


def _rotation(shape: Element) -> float:
    return number(shape.get("rotation") or "0", "rotation")


_BOX_OF: Mapping[str, Callable[[Element], Corners | None]] = {
    "box": _drawn,
    "cuboid": _around_cuboid,
    "ellipse": _around_ellipse,
    "mask": _around_mask,
    "points": _around_points,
    "polygon": _around_points,
    "polyline": _around_points,
    "skeleton": _around_parts,
}
