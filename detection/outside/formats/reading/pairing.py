"""Which image of a delivery a label file speaks of. Knows names alone.

Names are compared in one Unicode form: what one system composes another takes apart. A delivery that holds both forms
of a name was refused before.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from detection.outside.deliveries import Delivery
from detection.outside.deliveries.members import name_fault
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES

MAXIMUM_NAMESAKES = 1000
"""Among more images of one name nobody meant a certain one, and looking through them all would take for ever."""


class PairingError(Exception):
    """Why no image, or not one alone, goes with a label file."""


class Images:
    """The images of a delivery, found by what label files call them."""

    def __init__(self, delivery: Delivery) -> None:
        self.names: list[str] = delivery.listing(IMAGE_SUFFIXES)
        """As they stand in the delivery, sorted."""
        self._by_form = {composed(name): name for name in self.names}
        self._by_end = _indexed([(end, form) for form in self._by_form for end in _ends(form)])
        self._by_stem = _indexed([(place, form) for form in self._by_form for place in _places(form)])

    def named(self, wanted: str, document: str) -> str:
        """The image that a document calls ``wanted``.

        It is found in the document's folder or the one above, written with its folder also from the top; else it is
        the only one that fits below the folder above, or anywhere.

        Raises:
            PairingError: the name leads out, or fits none, or several.
        """
        tail = composed(plain_name(wanted))
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


def _only(found: Sequence[str]) -> str:
    if len(found) != 1:
        told = f"{len(found)} images ({', '.join(found[:3])})" if found else "no image"
        raise PairingError(f"{told} of this name; expected one")
    return found[0]
