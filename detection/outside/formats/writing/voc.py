"""Pascal VOC: ``JPEGImages/``, ``Annotations/`` and, if there is a split, ``ImageSets/Main/``. One annotator a folder.

Precision: corners come back exactly as float32; they count from 0, with decimals where there are any. A frame without
objects has an XML file without objects, an unlabelled one has none. A crowd is ``difficult``, which is how VOC leaves
an object out of judging, and has ``<crowd>`` besides, by which our reader tells it from a difficult object. VOC has no
order of classes: ``classes.txt`` names them in the spec's, and ``frames.csv`` holds what is known of every frame.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from detection.outside.formats.writing import folders, tables
from detection.outside.formats.writing.elements import document, exact, leaf
from detection.outside.formats.writing.folders import Images, Named
from detection.rules.labels import outgoing
from detection.rules.labels.intake.arrivals import Answer
from detection.rules.labels.outgoing import Labelled

_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def write(folder: Path, labelled: Labelled, images: Images, replace: bool = False, note: str = "") -> None:
    """Write the labelled frames; the arguments and errors are those of every writer.

    Raises:
        LabelsError: several annotators, or unknown classes.
        FolderError: the folder is taken.
        DiskError: the disk is full or refuses.
    """
    outgoing.check(labelled, one_annotator=True, sizes_needed=False)
    with folders.whole(folder, replace) as destination:
        written = []
        for named in folders.each(labelled, images, destination, lambda item: "JPEGImages"):
            written.append(named)
            if named.item.answers:
                content = document(_annotation(named, named.item.answers[0]))
                destination.put(f"Annotations/{_stem(named)}.xml", content)
        for split in filter(None, labelled.splits()):
            stems = sorted(_stem(named) for named in written if named.item.split == split)
            destination.put_text(f"ImageSets/Main/{split}.txt", "".join(f"{stem}\n" for stem in stems))
        destination.put_text("classes.txt", "".join(f"{name}\n" for name in labelled.classes))
        destination.put_text(tables.NAME, tables.content(written))
        destination.put_text(folders.NOTE, f"{folders.FIRST_LINE}: Pascal VOC.\n{note}")


def _stem(named: Named) -> str:
    return PurePosixPath(named.name).stem if folders.is_image(named.name) else named.name


def _annotation(named: Named, answer: Answer) -> Element:
    root = Element("annotation")
    leaf(root, "folder", "JPEGImages")
    leaf(root, "filename", named.name)
    size = ElementTree.SubElement(root, "size")
    for side, pixels in (("width", named.item.width), ("height", named.item.height), ("depth", 3)):
        leaf(size, side, str(pixels))
    leaf(root, "segmented", "0")
    for place in range(len(answer)):
        _object(root, answer, place)
    return root


def _object(root: Element, answer: Answer, place: int) -> None:
    item = ElementTree.SubElement(root, "object")
    leaf(item, "name", str(answer.labels[place]))
    leaf(item, "pose", "Unspecified")
    leaf(item, "truncated", str(int(answer.truncated[place])))
    leaf(item, "occluded", str(int(answer.occluded[place])))
    leaf(item, "difficult", str(int(answer.crowd[place])))
    if answer.crowd[place]:
        leaf(item, "crowd", "1")
    box = ElementTree.SubElement(item, "bndbox")
    for corner, value in zip(_CORNERS, answer.corners[place], strict=True):
        leaf(box, corner, exact(value))
