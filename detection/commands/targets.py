"""``detection targets``: which architectures can meet the targets, before anyone trains.

Reads specs/spec.yaml, specs/targets
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from detection.errors import GateRefusalError
from detection.rules.candidates import Candidate, Prospect, elsewhere, out_of_reach, prospect

if TYPE_CHECKING:
    from detection.outside.stopwatch.turns import Track
    from detection.rules.spec.spec import Spec
    from detection.rules.spec.targets import Target

app = typer.Typer(
    help="Which architectures can meet the targets' time, memory and size, before anyone trains.", add_completion=False
)

Models = Annotated[list[str], typer.Option("--model", help="An architecture; repeat for several.")]
Sizes = Annotated[list[int], typer.Option("--size", min=32, help="Longer side of the input; repeat for several.")]
Frames = Annotated[int, typer.Option(min=1, help="Pictures that are timed, of the size of a 1080p camera.")]
Rounds = Annotated[int, typer.Option(min=1, help="How often each is timed; the least counts.")]
Threads = Annotated[int, typer.Option(min=1, help="That compute one frame.")]

FRAME_PX = (1920, 1080)
"""Width and height of the pictures that are timed."""
BLUR = 8
"""Pixels of a picture that have one colour, to each side."""


@app.command(epilog="Example: detection targets --model yolov8n.yaml --model yolo11n.yaml --size 320")
def targets(
    models: Models = ["yolov8n.yaml", "yolo11n.yaml", "yolo26n.yaml"],  # noqa: B006 - typer's way to give a list
    sizes: Sizes = [224, 320],  # noqa: B006
    frames: Frames = 20,
    rounds: Rounds = 3,
    threads: Threads = 1,
) -> None:
    """Measure every candidate untrained on every target of this machine; exit status 2 if none can meet one of them."""
    from pathlib import Path

    from detection.outside.documents import read_document
    from detection.outside.targets import read_targets
    from detection.rules.spec.spec import Spec

    spec = read_document(Spec, Path("specs/spec.yaml"))
    wanted = read_targets()
    candidates = [Candidate(model, size) for model in models for size in sizes]
    track = _track(frames, rounds, spec)
    found: list[Prospect] = []
    with Progress(console=Console(stderr=True)) as shown:
        task = shown.add_task("measuring untrained models", total=len(candidates))
        for candidate in candidates:
            found += measured(candidate, wanted, spec.class_ids(), track, threads)
            shown.advance(task)
    Console().print(table_of(found))
    if hopeless := out_of_reach(found):
        raise GateRefusalError(
            f"no candidate can meet {', '.join(hopeless)}; give smaller architectures or sizes, or raise the limits in "
            "specs/targets and say why in specs/changes.md"
        )


def measured(
    candidate: Candidate, wanted: Sequence[Target], classes: Sequence[str], track: Track, threads: int
) -> list[Prospect]:
    """One candidate on every target, those of this machine timed in turn."""
    import platform

    from detection.outside.contenders import candidates
    from detection.outside.stopwatch.turns import Entrant, timed
    from detection.rules.judging.costs import costs

    here = [target for target in wanted if not why_elsewhere(target, platform.machine())]
    weights = candidates.untrained(candidate, classes)
    entrants = [Entrant(one.id, one.engine, candidates.made(one, weights), threads) for one in here]
    cost = {one.variant: one for one in costs(timed(entrants, track), platform.machine())} if entrants else {}
    return [
        prospect(target, candidate, cost[target.id])
        if target.id in cost
        else elsewhere(target, candidate, why_elsewhere(target, platform.machine()))
        for target in wanted
    ]


def why_elsewhere(target: Target, machine: str) -> str:
    """Why a target's cost cannot be known on this machine; ``""`` if it can."""
    if target.machine != machine:
        return f"it is {target.machine}, this is {machine}"
    return f"{target.engine} needs its graphics card" if target.engine.startswith("tensorrt") else ""


def table_of(prospects: Sequence[Prospect]) -> Table:
    """The answers, a line for each candidate on each target."""
    table = Table("target", "architecture", "px", "p95 ms", "memory MB", "model MB", "answer", "why")
    for one in prospects:
        cost = one.cost
        figures = (f"{cost.p95_ms:.1f}", f"{cost.memory_mb:.0f}", f"{cost.bytes / 1e6:.1f}") if cost else ("", "", "")
        model = one.candidate.model.removesuffix(".yaml")
        table.add_row(one.target, model, str(one.candidate.size), *figures, one.answer, one.words)
    return table


def _track(frames: int, rounds: int, spec: Spec) -> Track:
    """Pictures of blurred noise of a 1080p camera: what they show does not change what computing costs."""
    import numpy as np

    from detection.outside import images, inference, runtime_archive
    from detection.outside.stopwatch.turns import Track

    dice = np.random.default_rng(0)
    small = dice.integers(0, 256, (frames, FRAME_PX[1] // BLUR, FRAME_PX[0] // BLUR, 3), np.uint8)
    pictures = [images.jpeg(one.repeat(BLUR, axis=0).repeat(BLUR, axis=1)) for one in small]
    settings = inference.settings_of(spec.output)
    return Track(runtime_archive.pack(), runtime_archive.device_python(), settings, pictures, rounds)
