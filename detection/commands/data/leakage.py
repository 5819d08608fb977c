"""``detection data leakage``: audit a split that somebody brought, by the code that certifies our own.

Reads  a folder or archive with sides train, val and test as folders or lists
Writes one HTML page
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from detection.commands.data.terminal import plain
from detection.errors import DetectionError, GateRefusalError
from detection.outside import audit, files, html
from detection.outside.audit import Asked, Read
from detection.outside.deliveries import opened
from detection.rules.evidence.labels import split as evidence
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.mapping import NamePattern
from detection.rules.labels.splits.attack import Dice
from detection.rules.labels.splits.certificate import Certificate

LIMITS = Limits(pixels=64_000_000, members=2_000_000, member_bytes=64_000_000, total_bytes=200 * 10**9, expansion=200)


class Format(Enum):
    """How labels are written."""

    COCO = "coco"
    VOC = "voc"
    YOLO = "yolo"


def leakage(
    place: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, zip or tar with the images.")],
    lists: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder with train.txt, val.txt, test.txt.")
    ] = None,
    camera: Annotated[str, typer.Option(help="Regular expression on the name, one group: the camera.")] = "",
    scene: Annotated[str, typer.Option(help="Likewise: the scene, video or sequence.")] = "",
    second: Annotated[str, typer.Option(help="Likewise: seconds on the camera's clock.")] = "",
    window: Annotated[float, typer.Option(min=0.001, max=1e9, help="Neighbours in time are this near, seconds.")] = 1.0,
    bits: Annotated[int, typer.Option(min=0, max=16, help="Near-duplicates differ in at most so many of 64.")] = 4,
    format: Annotated[Format | None, typer.Option(help="Format of the labels, for the attack.")] = None,  # noqa: A002
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("leakage.html"),
) -> None:
    """Does a split that somebody brought leak? Exit status 2 if it does.

    Sides are folders named train, val, valid, validation or test, or lists. Looks for the same bytes, near-duplicates,
    shared cameras and scenes, and neighbours in time on two sides.
    """
    patterns = {key: _pattern(key, text) for key, text in _given(camera=camera, scene=scene, second=second).items()}
    asked = Asked(lists, patterns, window, bits, None if format is None else format.value, Dice(2000, 20, 0))
    progress = Console(stderr=True)
    with opened(place, LIMITS) as delivery:
        found = audit.read(delivery, asked, lambda names: track(names, "hashing", console=progress, transient=True))
        certificate = audit.judge(found, asked)
        pairs = [audit.shown(delivery, pair) for pair in certificate.nearest]
    files.write_text(out, html.page(evidence.page(certificate, str(place), {}, pairs)))
    _print(found, certificate)
    print(f"page     {out}")
    if certificate.crossings:
        raise GateRefusalError(f"the split leaks: {certificate.statement}")


def _given(**texts: str) -> dict[str, str]:
    return {key: text for key, text in texts.items() if text}


def _pattern(key: str, text: str) -> str:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(NamePattern).validate_python(text)
    except ValidationError as error:
        raise DetectionError(f"--{key} {text}: {error.errors()[0]['msg']}") from error


def _print(found: Read, certificate: Certificate) -> None:
    side = found.placed.side
    held_out = int((side != 0).sum())
    print(f"{len(side)} images: {int((side == 0).sum())} train, {held_out} held out", end="")
    print(f"; {found.sideless} on no side" if found.sideless else "", f"; {len(found.unread)} cannot be decoded" if
          found.unread else "", sep="")  # fmt: skip
    table = Table("tie", "on two sides", "held-out images concerned", "for example")
    for one in certificate.found:
        example = escape(plain(one.examples[0])) if one.examples else ""
        counts = f"{one.found}{one.or_more}", f"{one.frames}{one.or_more} of {held_out}"
        table.add_row(one.kind, *counts, example)
    Console().print(table)
    if certificate.nearest:
        first = certificate.nearest[0]
        print(f"nearest pictures across sides: {first.bits} of 64 bits, {first.name} and {first.other_name}")
    if certificate.attack is not None:
        made = certificate.attack
        print(
            f"labels copied from the nearest train image: F1 {made.nearest.boxes:.3f} "
            f"(chance {made.chance.boxes:.3f}, {made.chance_lower.boxes:.3f} to {made.chance_upper.boxes:.3f}; "
            f"split at random {made.random_split.boxes:.3f})"
        )
