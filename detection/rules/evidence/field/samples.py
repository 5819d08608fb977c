"""Frames that devices kept for people: a few of each reason, with what the guards said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from detection.rules.evidence.numerals import thousands as counted
from detection.rules.evidence.page import Block, DataUri, Note, Picture, Pictures, Section
from detection.rules.evidence.tables import Column, Table, text
from detection.rules.evidence.tone import Tone


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame that a device kept.

    Attributes:
        frame: SHA-256 of its bytes: the frame's id everywhere.
        camera: who took it.
        captured_at: as the device wrote it, UTC.
        reasons: why it was kept.
        flags: what the device's guards said of it.
        picture: small, with its detections drawn; empty for one that is counted and not shown.
    """

    frame: str
    camera: str
    captured_at: str
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    picture: DataUri = ""


def section(samples: Sequence[Sample], *, blind: str = "control") -> Section:
    """How many of which reason, and those that have a picture.

    Args:
        samples: all that were kept.
        blind: the reason whose frames are reviewed blind: they are counted, and never shown here.
    """
    lead = (
        "Devices keep a few frames for people, so many of each reason and minute. Frames of the blind control sample "
        "are counted and not shown: whoever labels them must not have seen the predictions. Broken boxes stayed below "
        "their threshold."
    )
    if not samples:
        return Section("samples", "Sampled frames", lead, (Note("No folder of samples was given, or it is empty."),))
    blocks: list[Block] = [_reasons(samples)]
    shown = [one for one in samples if one.picture and blind not in one.reasons]
    if shown:
        blocks.append(Pictures(tuple(_picture(one) for one in shown)))
    return Section("samples", "Sampled frames", lead, tuple(blocks))


def _reasons(samples: Sequence[Sample]) -> Table:
    reasons = Counter(reason for one in samples for reason in one.reasons)
    cameras = {reason: len({one.camera for one in samples if reason in one.reasons}) for reason in reasons}
    rows = tuple(
        (text(reason), text(counted(many)), text(counted(cameras[reason])))
        for reason, many in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    columns = (Column("Reason"), Column("Frames", number=True), Column("Cameras", number=True))
    return Table(columns, rows, note=f"{counted(len(samples))} frames; one may have several reasons.")


def _picture(one: Sample) -> Picture:
    said = ", ".join((*one.reasons, *one.flags))
    moment = one.captured_at[:19].replace("T", " ")
    caption = f"{said}\n{one.camera or '(no name)'}, {moment}\n{one.frame[:16]}"
    return Picture(one.picture, f"Sampled frame of {one.camera or 'a camera'}", caption, _tone(one))


def _tone(one: Sample) -> Tone:
    return Tone.UNSURE if one.flags else Tone.PLAIN
