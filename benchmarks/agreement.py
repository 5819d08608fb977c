"""What Krippendorff's alpha for boxes costs, and what it is: ours and kalphacv 1.5.2 on the public crowd.

    python -m benchmarks.agreement --peer-python FOLDER/bin/python [--data ../shared/data/crowd] [--short]

kalphacv lives in an environment of its own beside this one:

    uv venv FOLDER && VIRTUAL_ENV=FOLDER uv pip install kalphacv==1.5.2 pillow

(It needs pillow without saying so.) Without ``--peer-python`` it is looked for in this environment. Both begin with
loaded tables, the workers' boxes without degenerate ones, and take both overlaps; they run in turn, in processes of
their own; the figures are CPU seconds, median over rounds, ours warm: what compiling costs stands apart. The run ends
with status 1 if an alpha differs by more than 0.002 from kalphacv's, or if the ratio is below its floor. ``--short``
takes the first 100 images, too few to hold the ratio to its floor.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from detection.rules.labels.agreement import alpha
from detection.rules.labels.agreement.figures import Dice
from detection.rules.labels.agreement.gathering.answers import arranged
from detection.rules.labels.agreement.gathering.objects import gather
from detection.rules.labels.agreement.measurement import measure
from detection.rules.labels.agreement.settling.reliability import hear
from detection.rules.labels.intake.arrivals import Tables
from tests.examples_agreement import LABELLING, pedestrians, workers

DATA = Path("../shared/data/crowd")
OVERLAPS = (0.5, 0.75)
PUBLISHED = {None: (0.7257, 0.3417), 100: (0.7864, 0.4077)}
"""kalphacv's, as they stand in the data set's description."""
TOLERANCE = 0.002
FLOOR = 20.0
ROUNDS = 3

_PEER = """
import json, sys, time
try:
    from kalphacv.calculate_iaa import calculate_iaa, load_data
except ImportError as error:
    sys.exit(f"{sys.executable} has no kalphacv to import ({error})")
loaded = load_data("coco", sys.argv[1], False, "")
begun = time.process_time()
found = calculate_iaa("bbox", loaded, "rater_list", "rater", [0.5, 0.75], 0.6, silent=True)
print(json.dumps([time.process_time() - begun, [found[0.5], found[0.75]]]))
"""


@dataclass(frozen=True, slots=True)
class Timed:
    """Alpha at each of the overlaps, and CPU seconds."""

    alphas: tuple[float, ...]
    cpu_s: float


def ours(made: Tables) -> Timed:
    """From tables to alpha, overall and by class."""
    begun = time.process_time()
    answers = arranged(made.boxes, made.assignments)
    found = []
    for at_least in OVERLAPS:
        objects = gather(answers, at_least)
        alpha.of_classes(answers, objects)
        found.append(float(alpha.of_frames(answers, objects).value.mean()))
    return Timed(tuple(found), time.process_time() - begun)


def peer(python: str, described: Path) -> Timed:
    """By kalphacv, in a process of its own."""
    done = subprocess.run([python, "-c", _PEER, str(described)], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stderr.strip()}\ninstall it beside and name it: see --help")
    spent, alphas = json.loads(done.stdout.splitlines()[-1])
    return Timed(tuple(alphas), spent)


def describe(made: Tables, path: Path) -> None:
    """Write the tables as kalphacv reads them."""
    number = {str(frame): n for n, frame in enumerate(made.frames.id)}
    raters: dict[str, list[str]] = {frame: [] for frame in number}
    for frame, who in zip(made.assignments.frame, made.assignments.annotator, strict=True):
        raters[frame].append(who)
    images = [
        {"id": n, "file_name": frame, "width": 1280, "height": 720, "rater_list": raters[frame]}
        for frame, n in number.items()
    ]
    boxes = [
        {"image_id": number[frame], "category_id": 1, "rater": who, "bbox": [x1, y1, x2 - x1, y2 - y1]}
        for frame, who, (x1, y1, x2, y2) in zip(
            made.boxes.frame, made.boxes.annotator, made.boxes.corners.tolist(), strict=True
        )
    ]
    categories = [{"id": 1, "name": "pedestrian"}]
    path.write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Time both in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter that has kalphacv")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with boxes.csv and assignments.csv")
    parser.add_argument("--short", action="store_true", help="the first 100 images")
    given = parser.parse_args(arguments)
    first = 100 if given.short else None
    made = workers(pedestrians(given.data, first))
    begun = time.process_time()
    ours(made)
    compiled = time.process_time() - begun
    mine, theirs = [], []
    with TemporaryDirectory() as folder:
        describe(made, Path(folder) / "crowd.json")
        for _ in track(range(ROUNDS), "agreement", console=Console(stderr=True)):
            mine.append(ours(made))
            theirs.append(peer(given.peer_python, Path(folder) / "crowd.json"))
    ratio = _show(mine, theirs, first)
    print(f"compiling, or loading what was compiled: {compiled:.2f} CPU s, once")
    if not given.short:
        _tell_the_rest(pedestrians(given.data))
    apart = max(abs(a - b) for a, b in zip(mine[0].alphas, theirs[0].alphas, strict=True))
    print(f"largest difference of an alpha from kalphacv's: {apart:.5f} (at most {TOLERANCE:g})")
    return int((first is None and ratio < FLOOR) or apart > TOLERANCE)


def _show(mine: list[Timed], theirs: list[Timed], first: int | None) -> float:
    table = Table("way", *(f"alpha at IoU {o:g}" for o in OVERLAPS), "CPU s", "times faster", "floor")
    spent = {name: median(run.cpu_s for run in some) for name, some in (("ours", mine), ("kalphacv", theirs))}
    ratio = spent["kalphacv"] / spent["ours"]
    table.add_row("published", *(f"{a:.4f}" for a in PUBLISHED[first]))
    table.add_row("kalphacv 1.5.2", *(f"{a:.4f}" for a in theirs[0].alphas), f"{spent['kalphacv']:.3f}")
    table.add_row("ours", *(f"{a:.4f}" for a in mine[0].alphas), f"{spent['ours']:.3f}", f"{ratio:.0f}", f"{FLOOR:g}")
    Console().print(table)
    return ratio


def _tell_the_rest(made: Tables) -> None:
    """What the whole measurement costs, and whom it names."""
    begun = time.process_time()
    heard = hear(made.boxes, made.assignments, OVERLAPS[0])
    measured = measure(heard, made.frames, ["pedestrian"], LABELLING, Dice(500, 0, 0.95))
    print(f"everything that stage agreement measures, 500 resamples: {time.process_time() - begun:.2f} CPU s")
    names = [annotator.name for annotator in measured.annotators]
    ranks = ", ".join(f"{name} {names.index(name) + 1}" for name in ("w001", "w004"))
    print(f"worst of {len(names)}: {', '.join(names[:-5:-1])}; ranks: {ranks}")


if __name__ == "__main__":
    sys.exit(main())
