"""Label Studio's JSON export: tasks, each with any number of answers. Knows the format, not what the classes mean.

Every ``*.json`` of the delivery must be a list of tasks (the full export, not JSON-MIN). A skipped answer says that
nobody looked; one without regions says that nothing is there; one marked as ground truth is the expert's. Predictions
and drafts are passed over. Of shapes that are no boxes the box around them counts; a key point has none, so the object
is there and nobody drew it. The image is found by the name at the end of its reference, which is never fetched. Texts
and numbers of a task's ``data`` become fields of the image; ``guideline`` among them is the version that its annotators
followed, ``guideline.NAME`` the one that this annotator did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from detection.errors import SourceError
from detection.outside.deliveries import Delivery
from detection.outside.formats.reading import claims
from detection.outside.formats.reading.claims import Gathered
from detection.outside.formats.reading.label_studio import regions
from detection.outside.formats.reading.label_studio.regions import FLAGS, UNKNOWN, Size
from detection.outside.formats.reading.label_studio.tasks import Annotation, Task, TasksError, parse, person, scalars
from detection.outside.formats.reading.pairing import ClaimError, Images
from detection.rules.labels.intake.arrivals import Answer, Export, LabelledImage, Marks, Rejected, answer
from detection.rules.labels.intake.sources import DeliveredSource

MAXIMUM_BYTES = 1_000_000_000
"""No JSON file is read that is longer."""

_IMAGE_KEY = re.compile(r"(?i).*(image|img|url)")
_SERVED = re.compile(r"/?(data/(upload/[^/]+/|local-files/?))?")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a task stands, for messages, and which image it means."""

    document: str
    image: str


def read(delivery: Delivery, source: DeliveredSource) -> Export:
    """Read every JSON file of a delivery.

    Args:
        delivery: JSON files and images, anywhere in it.
        source: its entry in params.yaml.

    Raises:
        SourceError: no JSON file, or files that are no full export, all of them; or annotators without a name of their
            own.
    """
    files, gathered = Images(delivery, source.images == "absent"), Gathered()
    for document, tasks in _documents(delivery).items():
        for position, task in enumerate(tasks, start=1):
            name = f"{document}: task {position if task.id is None else task.id}"
            try:
                name = files.nearest(reference(task), uploaded=True)
                _gather(task, _Place(document, name), source, gathered)
            except ClaimError as fault:
                gathered.reject(name, fault)
    return gathered.export(files, source.annotators)


def _documents(delivery: Delivery) -> Mapping[str, list[Task]]:
    found: dict[str, list[Task]] = {}
    faults: list[str] = []
    names = delivery.listing(frozenset({".json"}))
    for name in names:
        try:
            content = delivery.read(name)
            if len(content) > MAXIMUM_BYTES:
                raise TasksError([f"has {len(content)} bytes; expected at most {MAXIMUM_BYTES}"])
            found[name] = parse(content)
        except TasksError as error:
            faults += [f"{name}: {fault}" for fault in error.faults]
        except SourceError as error:
            faults.append(str(error))
    if not names:
        faults.append("no JSON file in it; expected the export of a project")
    if faults:
        raise claims.refusal(delivery.place, "a full JSON export of Label Studio", faults)
    return found


def reference(task: Task) -> str:
    """The image's path, as far as its reference tells it.

    Raises:
        ClaimError: no reference, or several.
    """
    told = set(_references(task).values())
    if len(told) != 1:
        keys = ", ".join(sorted(_references(task)))[:200] or "none"
        raise ClaimError("unreadable", f"data refers to {len(told)} images ({keys}); expected one, under image")
    return _path(told.pop())


def _references(task: Task) -> Mapping[str, str]:
    """Keys of ``data`` that refer to an image, with the references; ``image`` alone if it is there."""
    given = {key: value for key, value in task.data.items() if isinstance(value, str) and _IMAGE_KEY.fullmatch(key)}
    return {"image": given["image"]} if "image" in given else given


def _path(text: str) -> str:
    """``/data/upload/1/a.jpg``, ``/data/local-files/?d=b/a.jpg``, ``s3://bucket/b/a.jpg`` and plain names: the path."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if not (parts.scheme and "://" in text) and not text.startswith(("/data/", "data/")):
        return text
    if parts.path.rstrip("/").endswith("local-files"):
        return (parse_qs(parts.query).get("d") or [""])[0].lstrip("/")
    return unquote(parts.path[_matched(parts.path) :])


def _matched(path: str) -> int:
    found = _SERVED.match(path)
    return found.end() if found is not None else 0


def _gather(task: Task, place: _Place, source: DeliveredSource, gathered: Gathered) -> None:
    references = _references(task)
    told = scalars({key: value for key, value in task.data.items() if key not in references})
    pixels, answers = _size(task, told), []
    for given in task.annotations:
        who = person(given.completed_by, source.annotator)
        if given.was_cancelled:
            gathered.rejected.append(Rejected(place.image, "unlabelled", f"{place.document}: {who} skipped it"))
            continue
        try:
            answers.append(_answer(given, who, pixels, source))
        except ClaimError as fault:
            gathered.rejected.append(Rejected(place.image, fault.finding, f"{place.document}: {who}: {fault}"))
    version = told.get("guideline", "")
    said = tuple(replace(a, guideline=told.get(f"guideline.{a.annotator}", version)) for a in answers)
    gathered.add(LabelledImage(place.image, pixels.width, pixels.height, pixels == UNKNOWN, said, told))


def _size(task: Task, told: Mapping[str, str]) -> Size:
    try:
        found = regions.size([result for given in task.annotations for result in given.result])
    except ValueError as error:
        raise ClaimError("unreadable-labels", str(error)) from error
    sides = [told.get(side, "") for side in ("width", "height")]
    if found == UNKNOWN and all(side.isascii() and side.isdecimal() and len(side) <= 9 for side in sides):
        return Size(*map(int, sides)) if all(map(int, sides)) else UNKNOWN
    return found


def _answer(given: Annotation, who: str, pixels: Size, source: DeliveredSource) -> Answer:
    try:
        found = regions.regions(given.result, pixels)
    except ValueError as error:
        raise ClaimError("unreadable-labels", str(error)) from error
    unboxed = [f"{r.label} as {r.kind}" for r in found if r.box is None and r.label not in source.empty_names]
    if unboxed:
        told = f"marks {', '.join(unboxed[:5])} without a box; draw it, or remove the mark"
        raise ClaimError("unboxed-object", told)
    boxed = [(r, r.box) for r in found if r.box is not None]
    marks = Marks(**{flag: [flag in r.flags for r, _ in boxed] for flag in FLAGS})
    said = answer(who, [r.label for r, _ in boxed], np.array([box for _, box in boxed], np.float64), marks)
    return replace(said, verified=bool(given.ground_truth))
