"""Which image of a delivery a label file speaks of. Knows names alone.

Names are compared in one Unicode form: what one system composes another takes apart. A delivery that holds both forms
of a name was refused before.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from detection.outside.deliveries import Delivery
from detection.outside.deliveries.members import name_fault
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES

MAXIMUM_NAMESAKES = 1000
"""Among more images of one name nobody meant a certain one, and looking through them all would take for ever."""


_UPLOAD = re.compile(r"[0-9a-f]{8}-(.+)")


class ClaimError(Exception):
    """Why an image, or an answer about it, is set aside."""

    def __init__(self, finding: str, reason: str) -> None:
        self.finding = finding
        super().__init__(reason)


class PairingError(ClaimError):
    """Why no image, or not one alone, goes with a label file."""

    def __init__(self, reason: str) -> None:
        super().__init__("unreadable", reason)


class Images:
    """The images of a delivery, found by what label files call them; where they are absent the name is the image."""

    def __init__(self, delivery: Delivery, absent: bool = False) -> None:
        self._absent = absent
        self.names: list[str] = [] if absent else delivery.listing(IMAGE_SUFFIXES)
        """As they stand in the delivery, sorted."""
        self._by_form = {composed(name): name for name in self.names}
        self._by_end = _indexed([(end, form) for form in self._by_form for end in _ends(form)])
        self._by_stem = _indexed([(place, form) for form in self._by_form for place in _places(form)])
        self._by_last_stem = _indexed([(_stem(form), form) for form in self._by_form])

    def named(self, wanted: str, document: str) -> str:
        """The image that a document calls ``wanted``.

        It is found in the document's folder or the one above, written with its folder also from the top; else it is
        the only one that fits below the folder above, or anywhere.

        Raises:
            PairingError: the name leads out, or fits none, or several.
        """
        plain = plain_name(wanted)
        if self._absent:
            return plain
        tail = composed(plain)
        home = posixpath.dirname(composed(document))
        above = posixpath.dirname(home)
        for place in (home, above, "") if "/" in tail else (home, above):
            if (exact := posixpath.join(place, tail)) in self._by_form:
                return self._by_form[exact]
        alike = self._by_end.get(_end(tail, 2) if "/" in tail else tail, [])
        if len(alike) > MAXIMUM_NAMESAKES:
            raise PairingError(f"{len(alike)} image files of this name; write it with its folder")
        fits = [form for form in alike if f"/{form}".endswith(f"/{tail}")]
        beside = [form for form in fits if not above or form.startswith(f"{above}/")]
        return self._by_form[_only(beside if len(beside) == 1 else fits)]

    def nearest(self, wanted: str, uploaded: bool = False) -> str:
        """The image that a label file means whose own place says nothing of the images'.

        Args:
            wanted: as written; among files of one base name those that share most folders with it fit.
            uploaded: eight hexadecimal digits and a hyphen may stand before the base name.

        Raises:
            PairingError: the name leads out, or fits none, or several.
        """
        plain = plain_name(wanted)
        if self._absent:
            return plain
        last = posixpath.basename(composed(plain))
        prefixed = _UPLOAD.fullmatch(last) if uploaded else None
        alike = self._by_end.get(last) or (self._by_end.get(prefixed[1]) if prefixed else None)
        alike = alike or self._by_last_stem.get(last) or []
        if len(alike) > MAXIMUM_NAMESAKES:
            raise PairingError(f"{len(alike)} image files of this name; name each differently")
        return self._by_form[_only(_sharing_most(composed(plain), alike))]

    def beside(self, label_file: str) -> str:
        """The image with the stem of a label file, in its own folder or in a folder beside it.

        Raises:
            PairingError: there is none, or several.
        """
        here, beside = _places(composed(label_file))
        found = self._by_stem.get(here) or [n for n in self._by_stem.get(beside, []) if n != here]
        return self._by_form[_only(found)]

    def all_beside(self, label_files: Sequence[str]) -> set[str]:
        """Every image that goes with one of these label files, however many go with each."""
        keys = [key for file in label_files for key in _places(composed(file))]
        return {self._by_form[form] for key in keys for form in self._by_stem.get(key, [])}


def composed(name: str) -> str:
    """The form of a name in which names are compared."""
    return unicodedata.normalize("NFC", name)


def plain_name(wanted: str) -> str:
    """A name that a label file gives, without needless parts.

    Raises:
        PairingError: it leads out of the delivery, or cannot be shown.
    """
    if fault := name_fault(wanted):
        raise PairingError(f"the file name {fault}")
    return posixpath.normpath(wanted)


def printable(name: str) -> str:
    """A stranger's name as a list of rejected files may hold it."""
    return name if name.isprintable() else ascii(name)


def _indexed(pairs: Sequence[tuple[str, str]]) -> Mapping[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        index[key].append(value)
    return dict(index)


def _ends(name: str) -> set[str]:
    return {_end(name, 1), _end(name, 2)}


def _end(name: str, parts: int) -> str:
    return "/".join(name.split("/")[-parts:])


def _places(name: str) -> tuple[str, str]:
    """Keys of the file's own folder and of all folders beside it; a ``//`` stands in no plain name."""
    folder, last = posixpath.split(name)
    stem = posixpath.splitext(last)[0]
    return f"{folder}//{stem}", f"{posixpath.dirname(folder)}//*//{stem}"


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _sharing_most(wanted: str, names: Sequence[str]) -> list[str]:
    """The names that share most folders with one, counted from the file upwards."""
    above = wanted.split("/")[-2::-1]

    def shared(name: str) -> int:
        folders = name.split("/")[-2::-1]
        differing = (n for n, pair in enumerate(zip(above, folders, strict=False)) if pair[0] != pair[1])
        return next(differing, min(len(above), len(folders)))

    most = max(map(shared, names), default=0)
    return [name for name in names if shared(name) == most]


def _only(found: Sequence[str]) -> str:
    if len(found) != 1:
        told = f"{len(found)} images ({', '.join(found[:3])})" if found else "no image"
        raise PairingError(f"{told} of this name; expected one")
    return found[0]
