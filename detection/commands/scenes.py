"""``detection scenes``: look at the practice world before anything learns from it.

Writes the picture named
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from detection.edge.vision.frames import Image
from detection.errors import DetectionError
from detection.outside import contact_sheet, files
from detection.outside.pictures import Mark, drawn
from detection.scenes import seasons
from detection.scenes.annotators import annotate
from detection.scenes.lighting import LIGHTINGS
from detection.scenes.warehouse import Picture, Shot, World, labelled, plan, render

app = typer.Typer(help="The practice world: look at a contact sheet of it.", add_completion=False)

COLOURS = {"box": (90, 220, 90), "polybag": (250, 160, 60), "tube": (70, 70, 250), "crate": (240, 90, 240)}
"""Blue, green, red of each class's boxes."""
TILE_PX = 480
COLUMNS = 4
MINIMUM_SIZE_PX, MINIMUM_VISIBLE_SHARE = 6.0, 0.25
"""What a sheet shows boxes for; the labels of the pipeline follow the spec's own rule."""


@dataclass(frozen=True)
class _Wish:
    """What the sheet shows."""

    world: World
    frames: int
    annotators: bool


@app.callback()
def scenes() -> None:
    """The practice world: look at a contact sheet of it."""


@app.command(epilog="Example: detection scenes sheet --frames 24 --season winter scenes.png")
def sheet(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Picture to write, .png or .jpg.")],
    seed: Annotated[int, typer.Option(min=0, help="Decides cameras, halls and parcels.")] = 7,
    cameras: Annotated[int, typer.Option(min=1, help="How many cameras the world has.")] = 20,
    frames: Annotated[int, typer.Option(min=1, max=200, help="How many frames the sheet shows.")] = 20,
    size: Annotated[str, typer.Option(help="Width x height of a frame, pixels.")] = "320x256",
    season: Annotated[str, typer.Option(help="stable, winter, or a month 1 to 12 (crates from month 8).")] = "stable",
    annotators: Annotated[bool, typer.Option("--annotators/--truth", help="Whose boxes to draw.")] = False,
) -> None:
    """Draw frames of all cameras and lightings with their boxes.

    Box green, polybag blue, tube red, crate magenta; with --annotators the second's boxes are dashed.
    """
    width, height = _size(size)
    world = World(seed=seed, cameras=cameras, width=width, height=height, season=_season(season))
    content = draw(_Wish(world, frames, annotators), out.suffix)
    files.write_bytes(out, content)
    print(f"{out}: {frames} frames of {min(cameras, frames)} cameras, {world.season.name}")


def draw(wish: _Wish, extension: str) -> bytes:
    """The sheet as a file's bytes, with a progress bar on stderr."""
    contact_sheet.check(extension)
    shots = chosen(wish.world, wish.frames)
    tiles = [_tile(wish, shot) for shot in track(shots, "drawing", console=Console(stderr=True), transient=True)]
    return contact_sheet.encoded(contact_sheet.tiled(tiles, min(COLUMNS, len(tiles))), extension)


def chosen(world: World, frames: int) -> list[Shot]:
    """Shots that go round the cameras and, from one to the next, round the lightings and the scene's steps."""
    of_camera: dict[int, list[Shot]] = {}
    for shot in plan(world, world.cameras * 8 * 6):
        of_camera.setdefault(shot.camera_index, []).append(shot)
    picked: list[Shot] = []
    for number in range(frames):
        camera, turn = number % world.cameras, number // world.cameras
        lighting = LIGHTINGS[(camera + turn) % len(LIGHTINGS)]
        fitting = [shot for shot in of_camera[camera] if shot.lighting == lighting] or of_camera[camera]
        picked.append(fitting[(7 * camera + 5 * turn) % len(fitting)])
    return picked


def _tile(wish: _Wish, shot: Shot) -> Image:
    picture = render(wish.world, shot)
    wanted = labelled(picture.truth, MINIMUM_SIZE_PX, MINIMUM_VISIBLE_SHARE)
    picture = Picture(picture.pixels, picture.truth.take(wanted))
    caption = f"{shot.camera}  {shot.lighting}  {shot.crowding}  {len(picture.truth)} parcels"
    return contact_sheet.captioned(drawn(picture.pixels, _marks(wish, picture, shot), TILE_PX), caption)


def _marks(wish: _Wish, picture: Picture, shot: Shot) -> list[Mark]:
    if not wish.annotators:
        truth = picture.truth
        return [_mark(str(label), box, False) for label, box in zip(truth.labels, truth.boxes.tolist(), strict=True)]
    answers = [annotate(picture, shot, annotator, wish.world.seed) for annotator in (0, 1)]
    return [
        _mark(str(label), box, annotator == 1)
        for annotator, answer in enumerate(answers)
        for label, box in zip(answer.labels, answer.boxes.tolist(), strict=True)
    ]


def _mark(label: str, box: list[float], dashed: bool) -> Mark:
    x1, y1, x2, y2 = box
    return Mark((x1, y1, x2, y2), COLOURS[label], dashed)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{1,3})x([1-9]\d{1,3})", text)
    if found is None:
        raise DetectionError(f"--size {text!r}: expected width x height in pixels, such as 320x256")
    return int(found[1]), int(found[2])


def _season(text: str) -> seasons.Season:
    named = {"stable": seasons.STABLE, "winter": seasons.winter_with_crates()}
    months = {str(month): seasons.at_month(month, crates_from=8) for month in range(1, 13)}
    season = {**named, **months}.get(text)
    if season is None:
        raise DetectionError(f"--season {text!r}: expected stable, winter, or a month from 1 to 12")
    return season
