"""Where ``data.yaml`` says the images are: every form of path that Ultralytics takes. Knows names alone.

- ``path`` is the root of the others, relative to ``data.yaml``'s folder. Where it leads nowhere in the delivery, it
  says where the data lay on somebody's machine, and the others are read from ``data.yaml``'s folder.
- ``train``, ``val`` and ``test`` are each a folder, a text file that lists images, or a list of those. One that starts
  one level too high (``../valid/images``, as Roboflow writes it) is read without the first step, as Ultralytics does.
- Lines of a list are relative to the list's folder, or else to the root.
- An absolute path is taken only if it lies in the delivery; nothing that leads out of it is.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict

from detection.errors import SourceError
from detection.outside.deliveries import Delivery
from detection.outside.deliveries.members import shown
from detection.outside.documents import parse_document
from detection.rules.document import Document
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Rejected

MAXIMUM_LIST_BYTES = 100_000_000
"""No list of images is longer."""

_DATA = frozenset({".yaml", ".yml"})


class DataYaml(Document):
    """The keys of ``data.yaml`` that we need; others are other tools' business."""

    model_config = ConfigDict(extra="ignore")

    path: str | None = None
    train: str | list[str] | None = None
    val: str | list[str] | None = None
    test: str | list[str] | None = None
    nc: int | None = None
    names: list[str] | dict[str, str]
    kpt_shape: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Images:
    """The images that ``data.yaml`` speaks of, sorted, and what it names in vain."""

    names: tuple[str, ...]
    missing: tuple[Rejected, ...]


def document_of(delivery: Delivery) -> str:
    """The name of the delivery's ``data.yaml``: at the top or one folder down; else the only YAML file there.

    Raises:
        SourceError: there is none, or there are several.
    """
    every = [name for name in delivery.listing(_DATA) if name.count("/") <= 1]
    for depth in (0, 1):
        here = [name for name in every if name.count("/") == depth]
        found = [name for name in here if posixpath.basename(name) in ("data.yaml", "data.yml")] or here
        if len(found) == 1:
            return found[0]
        if found:
            raise SourceError(f"{delivery.place}: {len(found)} YAML files ({', '.join(found[:3])}); keep data.yaml")
    raise SourceError(f"{delivery.place}: no data.yaml at its top or one folder down; expected a YOLO data set")


def settings_of(delivery: Delivery, document: str) -> DataYaml:
    """Read ``data.yaml``.

    Raises:
        DocumentError: it is wrong, with all its faults.
    """
    return parse_document(DataYaml, delivery.read(document), Path(delivery.place) / document)


def images_of(delivery: Delivery, document: str, settings: DataYaml) -> Images:
    """All images that the splits name.

    Raises:
        SourceError: a split leads out of the delivery or to nothing; all such faults together. Only ``test`` may lead
            to nothing, since exports name it whether they hold one or not; it is listed as missing.
    """
    places = _Places(delivery, posixpath.dirname(document), settings.path)
    faults: list[str] = []
    for split in ("train", "val", "test"):
        given: str | list[str] | None = getattr(settings, split)
        for entry in [given] if isinstance(given, str) else given or []:
            if not places.take(entry):
                told = f"{shown(entry)} is no folder and no list of images in the delivery"
                if split == "test":
                    places.missing.append(Rejected(f"{document}: test", "unreadable", told))
                else:
                    faults.append(f"{split}: {told}; name the folder of the images, relative to data.yaml")
    if not (settings.train or settings.val or settings.test):
        faults.append("neither train, val nor test is named")
    if faults:
        raise SourceError(f"{delivery.place}: {document}: {len(faults)} fault(s) in its folders", faults)
    return Images(tuple(sorted(places.found)), tuple(places.missing))


class _Places:
    """Looks up what the entries name."""

    def __init__(self, delivery: Delivery, home: str, root: str | None) -> None:
        self.found: set[str] = set()
        self.missing: list[Rejected] = []
        self._delivery = delivery
        self._files: Sequence[str] = delivery.listing(IMAGE_SUFFIXES)
        self._known = frozenset(self._files)
        inside = None if root is None else self._inside(home, root)
        self._roots = [home] if inside in (None, home) else [str(inside), home]

    def take(self, entry: str) -> bool:
        """Add the images of a folder or list; False if there is no such thing."""
        for root in self._roots:
            for written in (entry, entry.removeprefix("../")):
                name = self._inside(root, written)
                if name is None:
                    continue
                if below := self._below(name):
                    self.found.update(below)
                    return True
                if name.endswith(".txt") and self._delivery.holds(name):
                    self._take_list(name, root)
                    return True
        return False

    def _inside(self, root: str, written: str) -> str | None:
        """The plain name of a path, ``""`` for the top; None if it leads out."""
        if written.startswith("/"):
            home = posixpath.abspath(self._delivery.place)
            if posixpath.commonpath([home, posixpath.normpath(written)]) != home:
                return None
            root, written = "", posixpath.relpath(written, home)
        name = posixpath.normpath(posixpath.join(root, written))
        if name == ".." or name.startswith("../"):
            return None
        return "" if name == "." else name

    def _below(self, folder: str) -> Sequence[str]:
        if not folder:
            return self._files
        first = bisect_left(self._files, f"{folder}/")
        return self._files[first : bisect_left(self._files, f"{folder}0")]  # "0" follows "/"

    def _take_list(self, name: str, root: str) -> None:
        content = self._delivery.read(name)
        if len(content) > MAXIMUM_LIST_BYTES:
            self.missing.append(Rejected(name, "unreadable-labels", f"is longer than {MAXIMUM_LIST_BYTES} bytes"))
            return
        try:
            lines = content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            self.missing.append(Rejected(name, "unreadable-labels", f"cannot be read as text ({error})"))
            return
        for line in filter(None, map(str.strip, lines)):
            image = next((n for n in self._meant(line, posixpath.dirname(name), root) if n in self._known), None)
            if image is None:
                self.missing.append(Rejected(name, "unreadable", f"lists {shown(line)}, which is no image of it"))
            else:
                self.found.add(image)

    def _meant(self, line: str, home: str, root: str) -> Iterator[str]:
        for place in (home, root):
            if (name := self._inside(place, line)) is not None:
                yield name
