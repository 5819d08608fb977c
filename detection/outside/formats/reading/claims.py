"""What several label files, or several people in one, say of one image. Knows no format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from detection.errors import SourceError
from detection.outside.formats.reading.pairing import ClaimError, Images, printable
from detection.rules.labels.intake import annotators
from detection.rules.labels.intake.arrivals import Answer, Export, LabelledImage, Rejected

SHOWN_FAULTS = 20
MAXIMUM_ANSWERS = 1000
"""So many people did not answer for one image; a file that says more wants something else."""


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
        self.rejected.append(Rejected(printable(name), fault.finding, str(fault)))

    def export(self, files: Images, given: Mapping[str, str]) -> Export:
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
