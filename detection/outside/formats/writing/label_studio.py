"""Label Studio: ``images/``, ``tasks.json`` to import, and ``label_config.xml`` for the project. All annotators.

Precision: percents with all digits of a double; corners that are no smaller than 0.001 pixels come back exactly as
float32, smaller ones within a billionth of a pixel. Several annotators survive, the expert as ground truth; an empty
answer has no regions and an unlabelled frame no annotations. Occluded, truncated and crowd are choices made for a
region. What is known of a frame stands in ``data``, with the split and the guideline's version; where its annotators
followed several, each one's stands under ``guideline.`` and the annotator's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from detection.outside.formats.writing import folders
from detection.outside.formats.writing.elements import document
from detection.outside.formats.writing.folders import Images, Named
from detection.rules.labels import outgoing
from detection.rules.labels.intake.arrivals import Answer
from detection.rules.labels.outgoing import Item, Labelled

Row = Mapping[str, object]

_SERVED = "/data/local-files/?d="
_FLAGS = ("occluded", "truncated", "crowd")


def write(folder: Path, labelled: Labelled, images: Images, replace: bool = False, note: str = "") -> None:
    """Write the labelled frames; the arguments and errors are those of every writer.

    Raises:
        LabelsError: unknown classes, or boxes on frames of unknown size.
        FolderError: the folder is taken.
        DiskError: the disk is full or refuses.
    """
    outgoing.check(labelled, one_annotator=False, sizes_needed=True)
    people = {name: place for place, name in enumerate(sorted(set(labelled.assignments.annotator.tolist())), start=1)}
    with folders.whole(folder, replace) as destination:
        frames = folders.each(labelled, images, destination, lambda item: "images")
        tasks = [_task(named, people, destination.holds(f"images/{named.name}")) for named in frames]
        destination.put_text("tasks.json", json.dumps(tasks, ensure_ascii=False, allow_nan=False) + "\n")
        destination.put("label_config.xml", document(_config(labelled.classes)))
        destination.put_text(folders.NOTE, f"{folders.FIRST_LINE}: Label Studio.\n{note}")


def _task(named: Named, people: Mapping[str, int], held: bool) -> Row:
    item = named.item
    image = f"{_SERVED}{quote(f'images/{named.name}')}" if held else named.name
    told = {"image": image, **item.fields}
    if item.width and item.height:
        told |= {"width": str(item.width), "height": str(item.height)}
    if item.split:
        told["split"] = item.split
    told |= _guidelines(item.answers)
    annotations = [_annotation(item, answer, people[answer.annotator]) for answer in item.answers]
    return {"id": item.row + 1, "data": told, "annotations": annotations, "predictions": []}


def _guidelines(answers: Sequence[Answer]) -> Mapping[str, str]:
    first = answers[0].guideline if answers else ""
    if all(answer.guideline == first for answer in answers):
        return {"guideline": first} if first else {}
    return {f"guideline.{answer.annotator}": answer.guideline for answer in answers if answer.guideline}


def _annotation(item: Item, answer: Answer, person: int) -> Row:
    regions = [row for place in range(len(answer)) for row in _region(item, answer, place)]
    return {
        "completed_by": {"id": person, "email": answer.annotator, "first_name": "", "last_name": ""},
        "was_cancelled": False,
        "ground_truth": answer.verified,
        "result": regions,
    }


def _region(item: Item, answer: Answer, place: int) -> Sequence[Row]:
    """A rectangle, and the choices made for it if there are any."""
    x1, y1, x2, y2 = map(float, answer.corners[place])
    extent = {
        "x": x1 / item.width * 100, "y": y1 / item.height * 100,
        "width": (x2 - x1) / item.width * 100, "height": (y2 - y1) / item.height * 100, "rotation": 0,
    }  # fmt: skip
    common = {
        "id": f"box-{place + 1}", "to_name": "image", "original_width": item.width, "original_height": item.height,
        "image_rotation": 0,
    }  # fmt: skip
    value = {**extent, "rectanglelabels": [str(answer.labels[place])]}
    rows = [{**common, "from_name": "label", "type": "rectanglelabels", "value": value}]
    marks = (answer.occluded[place], answer.truncated[place], answer.crowd[place])
    if chosen := [flag for flag, holds in zip(_FLAGS, marks, strict=True) if holds]:
        rows.append({**common, "from_name": "marks", "type": "choices", "value": {**extent, "choices": chosen}})
    return rows


def _config(classes: Sequence[str]) -> Element:
    """What a project must be set up with before ``tasks.json`` is imported."""
    view = Element("View")
    ElementTree.SubElement(view, "Image", {"name": "image", "value": "$image"})
    labels = ElementTree.SubElement(view, "RectangleLabels", {"name": "label", "toName": "image"})
    for name in classes:
        ElementTree.SubElement(labels, "Label", {"value": name})
    choices = {"name": "marks", "toName": "image", "perRegion": "true", "choice": "multiple"}
    marks = ElementTree.SubElement(view, "Choices", choices)
    for flag in _FLAGS:
        ElementTree.SubElement(marks, "Choice", {"value": flag})
    return view
