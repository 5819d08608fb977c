"""Which image of a delivery a label file means by a name, and what several label files say of one image.

A name is a claim: it finds a file of the delivery or nothing, and never leads out of it. Where the images are absent
the claim itself becomes the name. Names are compared in one Unicode form.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from detection.errors import SourceError
from detection.outside.deliveries import Delivery
from detection.outside.deliveries.members import name_fault
from detection.outside.formats.reading.pairing import MAXIMUM_NAMESAKES, composed
from detection.rules.labels.intake import annotators
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Answer, Export, LabelledImage, Rejected
from detection.rules.labels.intake.sources import DeliveredSource

SHOWN_FAULTS = 20
MAXIMUM_ANSWERS = 1000
"""So many people did not answer for one image; a file that says more wants something else."""

_UPLOAD = re.compile(r"[0-9a-f]{8}-(.+)")


class ClaimError(Exception):
    """Why an image, or an answer about it, is set aside."""

    def __init__(self, finding: str, reason: str) -> None:
        self.finding = finding
        super().__init__(reason)


class ImageFiles:
    """The images of a delivery by the names that label files give them."""

    def __init__(self, delivery: Delivery, source: DeliveredSource) -> None:
        self._absent = source.images == "absent"
        self.names: Sequence[str] = () if self._absent else delivery.listing(IMAGE_SUFFIXES)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            last = composed(posixpath.basename(name))
            self._by_last[last].append(name)
            self._by_stem[posixpath.splitext(last)[0]].append(name)

    def found(self, claim: str, uploaded: bool = False) -> str:
        """The image's name in the delivery.

        Args:
            claim: as the label file writes it; among files of one base name those that share most folders with it fit.
            uploaded: eight hexadecimal digits and a hyphen may stand before the base name in the claim.

        Raises:
            ClaimError: the name leads out of the delivery, or fits no file, or several.
        """
        if fault := name_fault(claim):
            raise ClaimError("unreadable", f"the image's name {fault}")
        plain = posixpath.normpath(claim)
        if self._absent:
            return plain
        last = composed(posixpath.basename(plain))
        prefixed = _UPLOAD.fullmatch(last) if uploaded else None
        fits = self._by_last.get(last) or (self._by_last.get(prefixed[1]) if prefixed else None)
        fits = fits or self._by_stem.get(last) or []
        if len(fits) > MAXIMUM_NAMESAKES:
            raise ClaimError("unreadable", f"{len(fits)} image files have this name; name each differently")
        fits = _nearest(plain, fits)
        if len(fits) != 1:
            raise ClaimError(
                "unreadable", f"{len(fits) or 'no'} image file(s) of this name in the delivery; expected one"
            )
        return fits[0]


def _nearest(claim: str, names: Sequence[str]) -> list[str]:
    wanted = composed(claim).split("/")[-2::-1]

    def shared(name: str) -> int:
        folders = composed(name).split("/")[-2::-1]
        return next((n for n, pair in enumerate(zip(wanted, folders, strict=False)) if pair[0] != pair[1]),
                    min(len(wanted), len(folders)))  # fmt: skip

    most = max(map(shared, names), default=0)
    return [name for name in names if shared(name) == most]


@dataclass(slots=True)
class Gathered:
    """What was read so far: every image once, with all that was said about it."""

    images: dict[str, LabelledImage] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, image: LabelledImage) -> None:
        """One more opinion on an image; annotators still bear the names of the delivery.

        Raises:
            ClaimError: another size than said before.
        """
        known = self.images.get(image.name)
        if known is None:
            self.images[image.name] = image
            return
        if len(known.answers) + len(image.answers) > MAXIMUM_ANSWERS:
            raise ClaimError("unreadable-labels", f"has more than {MAXIMUM_ANSWERS} answers; the first count")
        sizes = {(i.width, i.height) for i in (known, image)} - {(0, 0)}
        if len(sizes) > 1 or (_boxed(known) and _boxed(image) and known.relative != image.relative):
            raise ClaimError("unreadable-labels", "two label files give it different sizes; the first counts")
        wider = image if (known.width, known.height) == (0, 0) else known
        self.images[image.name] = replace(
            wider,
            relative=known.relative if _boxed(known) else image.relative,
            answers=(*known.answers, *image.answers),
            fields={**image.fields, **known.fields},
        )

    def reject(self, name: str, fault: ClaimError) -> None:
        """List what was set aside."""
        self.rejected.append(Rejected(name, fault.finding, str(fault)))

    def export(self, files: ImageFiles, given: Mapping[str, str]) -> Export:
        """All images ordered by name, with the ids of their annotators; files that no label names were not looked at.

        Raises:
            SourceError: two annotators would get one id.
        """
        known = annotators.ids((a.annotator for i in self.images.values() for a in i.answers), given)
        refused = {r.name for r in self.rejected}
        for name in files.names:
            if name not in self.images and name not in refused:
                self.images[name] = LabelledImage(name, 0, 0, relative=False, answers=(), fields={})
        images = [replace(i, answers=_signed(i.answers, known)) for _, i in sorted(self.images.items())]
        return Export(tuple(images), tuple(self.rejected))


def _boxed(image: LabelledImage) -> bool:
    return any(len(answer) for answer in image.answers)


def _signed(answers: Sequence[Answer], known: Mapping[str, str]) -> tuple[Answer, ...]:
    return tuple(annotators.signed(answer, known) for answer in answers)


def refusal(place: str, kind: str, faults: Sequence[str]) -> SourceError:
    """A delivery whose label files cannot be taken, with the first of all faults."""
    more = [f"... and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
    headline = f"{place}: not {kind}: {len(faults)} fault(s), nothing is read; mend them, or export again"
    return SourceError(headline, [*faults[:SHOWN_FAULTS], *more])
