"""CVAT for images 1.1: ``images/`` and one XML file an annotator, who is its task's assignee.

Precision: corners come back exactly as float32. Several annotators survive, and the expert by the name ``verified``. A
frame that an annotator looked at and found empty is listed without shapes; a frame at which nobody looked is in no XML
file, so without its image file nothing tells of it. Truncated and crowd are attributes of a box. What is known of a
frame stands in the attributes of a tag, with the guideline's version; the split is the image's ``subset``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from detection.outside.formats.writing import folders
from detection.outside.formats.writing.elements import document, exact, leaf
from detection.outside.formats.writing.folders import Images, Named
from detection.rules.labels import outgoing
from detection.rules.labels.intake.arrivals import Answer
from detection.rules.labels.outgoing import Labelled

_CORNERS = ("xtl", "ytl", "xbr", "ybr")
_FLAGS = ("truncated", "crowd")
GUIDELINE = "guideline"
"""The tag's attribute of the guideline's version."""
TAG = "frame"
"""The label of the tag that says what is known of a frame; a class of this name gets a longer one out of its way."""


def write(folder: Path, labelled: Labelled, images: Images, replace: bool = False, note: str = "") -> None:
    """Write the labelled frames; the arguments and errors are those of every writer.

    Raises:
        LabelsError: unknown classes.
        FolderError: the folder is taken.
        DiskError: the disk is full or refuses.
    """
    outgoing.check(labelled, one_annotator=False, sizes_needed=False)
    with folders.whole(folder, replace) as destination:
        written = list(folders.each(labelled, images, destination, lambda item: "images"))
        for annotator in sorted(set(labelled.assignments.annotator.tolist())) or [""]:
            name = f"annotations-{annotator}.xml" if annotator else "annotations.xml"
            destination.put(name, document(_document(written, labelled.classes, annotator)))
        destination.put_text(folders.NOTE, f"{folders.FIRST_LINE}: CVAT for images 1.1.\n{note}")


def _document(frames: Sequence[Named], classes: Sequence[str], annotator: str) -> Element:
    fields = sorted({key for named in frames for key in named.item.fields} | {GUIDELINE})
    tag = TAG
    while tag in classes:
        tag += "-"
    root = Element("annotations")
    leaf(root, "version", "1.1")
    task = ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "task")
    leaf(task, "name", f"labels of {annotator or 'nobody'}")
    _labels(ElementTree.SubElement(task, "labels"), classes, tag, fields)
    if annotator:
        leaf(ElementTree.SubElement(task, "assignee"), "username", annotator)
    for named in frames:
        for answer in named.item.answers:
            if answer.annotator == annotator:
                _image(root, named, answer, tag)
    return root


def _labels(labels: Element, classes: Sequence[str], tag: str, fields: Sequence[str]) -> None:
    for name in classes:
        attributes = _label(labels, name, "rectangle")
        for flag in _FLAGS:
            _attribute(attributes, flag, "checkbox", "false")
    attributes = _label(labels, tag, "tag")
    for field in fields:
        _attribute(attributes, field, "text", "")


def _label(labels: Element, name: str, kind: str) -> Element:
    label = ElementTree.SubElement(labels, "label")
    leaf(label, "name", name)
    leaf(label, "type", kind)
    return ElementTree.SubElement(label, "attributes")


def _attribute(attributes: Element, name: str, kind: str, default: str) -> None:
    attribute = ElementTree.SubElement(attributes, "attribute")
    for key, text in (("name", name), ("mutable", "False"), ("input_type", kind), ("default_value", default)):
        leaf(attribute, key, text)
    leaf(attribute, "values", default)


def _image(root: Element, named: Named, answer: Answer, tag: str) -> None:
    item = named.item
    told = {"id": str(item.row), "name": named.name, "width": str(item.width), "height": str(item.height)}
    image = ElementTree.SubElement(root, "image", {**told, **({"subset": item.split} if item.split else {})})
    for place, label in enumerate(answer.labels.tolist()):
        corners = {key: exact(value) for key, value in zip(_CORNERS, answer.corners[place], strict=True)}
        marks = {"label": label, "source": "manual", "occluded": str(int(answer.occluded[place]))}
        box = ElementTree.SubElement(image, "box", {**marks, **corners, "z_order": "0"})
        for flag, value in zip(_FLAGS, (answer.truncated[place], answer.crowd[place]), strict=True):
            leaf(box, "attribute", str(bool(value)).lower()).set("name", flag)
    if fields := {**item.fields, **({GUIDELINE: answer.guideline} if answer.guideline else {})}:
        context = ElementTree.SubElement(image, "tag", {"label": tag, "source": "manual"})
        for key, text in fields.items():
            leaf(context, "attribute", text).set("name", key)
