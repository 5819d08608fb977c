"""``detection golden``: the frozen judging sets, changed only with a reason.

Reads  data/split/splits.parquet, data/validate/frames.parquet
Writes specs/judging/golden.json, challenge.json
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.errors import SplitError
from detection.outside import files, frozen, tables
from detection.rules.labels.splits.frozen import Action, FrozenSet, SetName, Wish, changed

app = typer.Typer(
    help="The frozen golden and challenge sets: freeze, add, remove or list frames, each with a reason.",
    add_completion=False,
)

SPLITS = Path("data/split/splits.parquet")
FRAMES = Path("data/validate/frames.parquet")


class Set(Enum):
    """Which of the two."""

    GOLDEN = "golden"
    CHALLENGE = "challenge"


SetOption = Annotated[Set, typer.Option("--set", help="Which set.")]
Reason = Annotated[str, typer.Option(help="Why; it is logged and shown in the certificate.")]
Day = Annotated[str, typer.Option(metavar="DATE", help="Day of the change, such as 2026-11-21; empty is today (UTC).")]
Wanted = Annotated[list[str] | None, typer.Argument(metavar="FRAME...", help="Names of frames, or their ids.")]
Lines = Annotated[Path | None, typer.Option("--file", help="A text file with one frame a line.")]


@app.command(epilog='Example: detection golden freeze --reason "first release"')
def freeze(reason: Reason, which: SetOption = Set.GOLDEN, day: Day = "") -> None:
    """Freeze the set as the last split drew it."""
    name = _name(which)
    columns = tables.read_columns(SPLITS)
    drawn = columns["frame"][columns["split"] == name]
    _change(name, Wish("freeze", tuple(drawn.tolist()), reason, _day(day)))


@app.command(epilog='Example: detection golden add cam-07/0001.jpg --reason "the new label printer"')
def add(
    reason: Reason, frames: Wanted = None, file: Lines = None, which: SetOption = Set.GOLDEN, day: Day = ""
) -> None:
    """Add frames of the judging side; train and val frames are refused."""
    from detection.rules.labels.splits.judging import judging_side, named  # slow to load

    columns = tables.read_columns(SPLITS)
    ids = named(tables.read_frames(FRAMES), _wanted(frames, file))
    judging_side(ids, columns["frame"], columns["split"])  # type: ignore[arg-type]
    _change(_name(which), Wish("add", ids, reason, _day(day)))


@app.command(epilog='Example: detection golden remove cam-07/0001.jpg --reason "the face was not blurred"')
def remove(
    reason: Reason, frames: Wanted = None, file: Lines = None, which: SetOption = Set.GOLDEN, day: Day = ""
) -> None:
    """Take frames out; those that are no longer in the data are named by their id."""
    from detection.rules.labels.splits.judging import named  # slow to load

    before = frozen.read(_name(which))
    listed = () if before is None else before.frames
    ids = named(tables.read_frames(FRAMES), _wanted(frames, file), listed)
    _change(_name(which), Wish("remove", ids, reason, _day(day)))


@app.command("list", epilog="Example: detection golden list --set challenge --log")
def show(
    which: SetOption = Set.GOLDEN,
    log: Annotated[bool, typer.Option("--log", help="Print the changes instead of the frames.")] = False,
) -> None:
    """Print the frames of a frozen set, an id and a name a line, or its log."""
    found = frozen.read(_name(which))
    if found is None:
        raise SplitError(f'{which.value}: is not frozen; `detection golden freeze --set {which.value} --reason "..."`')
    if log:
        _print_log(found)
        return
    known = tables.read_frames(FRAMES) if FRAMES.exists() else None
    names = {} if known is None else dict(zip(known.id.tolist(), known.name.tolist(), strict=True))
    for frame in found.frames:
        print(frame, names.get(frame, "(not in the data)"))


def _change(name: SetName, wish: Wish) -> None:
    made = changed(name, frozen.read(name), wish, frozen.read("challenge" if name == "golden" else "golden"))
    path = frozen.write(made)
    done: dict[Action, str] = {"freeze": "frozen", "add": "added", "remove": "removed"}
    told = f"{len(set(wish.frames))} frames {done[wish.action]}, {len(made.frames)} in the set"
    print(f"{path}: {told}, SHA-256 {made.digest}")
    print("commit it with its reason, then run `dvc repro`")


def _print_log(found: FrozenSet) -> None:
    table = Table("date", "action", "frames", "reason", "set after, SHA-256")
    for line in found.log:
        table.add_row(line.date, line.action, str(len(line.frames)), escape(line.reason), line.digest[:16])
    Console().print(table)


def _name(which: Set) -> SetName:
    return "golden" if which is Set.GOLDEN else "challenge"


def _wanted(frames: list[str] | None, file: Path | None) -> list[str]:
    return [*(frames or []), *([] if file is None else files.read_lines(file))]


def _day(text: str) -> date:
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SplitError(f"--day {text}: is no day; expected one such as 2026-11-21") from error
