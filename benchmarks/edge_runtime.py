"""What the runtime costs beside its engine and beside other runtimes: 1080p frame in, boxes out.

    python -m benchmarks.edge_runtime                              untrained YOLOv8 nano
    python -m benchmarks.edge_runtime --model-folder data/convert  the weights beside it, and its variants as they ship
    python -m benchmarks.edge_runtime --peers ../peers             also roboflow's inference-models, made there
    python -m benchmarks.edge_runtime --short                      a few rounds: shows that it works, judges nothing

Each way runs in a process of its own and gets the same frames in turns, so that whatever else the machine does falls on
all alike; ratios are of medians. CPU seconds decide: wall time on a shared machine is shown, and shown only.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.edge import models, workers
from benchmarks.edge.models import Pair
from benchmarks.edge.workers import Cost, Start
from detection.errors import DetectionError
from detection.outside import documents, runtime_archive
from detection.outside.ultralytics import weights as weights_file
from detection.rules.variants import Variants

FRAMES = 8
BARE, OURS, PACKED = "bare session.run", "ours, frame to boxes", "ours, packed, bare environment"
ULTRALYTICS, ROBOFLOW = "ultralytics predict", "roboflow inference-models"
OVER_BARE, OVER_ULTRALYTICS, OVER_ROBOFLOW, SHIPPED, MEMORY, FIRST_BOX_S = 1.03, 1.0, 0.85, 0.36, 0.30, 1.5


@dataclass(slots=True)
class Bench:
    """What all measurements share.

    Attributes:
        folder: for graphs and frames.
        frames: the file of frames.
        rounds: frames per way.
        roboflow: its interpreter, or None where it is not installed.
        missed: limits that did not hold.
    """

    folder: Path
    frames: Path
    rounds: int
    roboflow: Path | None
    missed: list[str] = field(default_factory=list)

    def judge(self, what: str, found: float, limit: float, unit: str = "") -> None:
        """Print a figure with its limit."""
        holds = found <= limit
        print(f"  {what:58s} {found:7.3f}{unit} (at most {limit:g}{unit}) {'holds' if holds else 'MISSED'}", flush=True)
        if not holds:
            self.missed.append(what)

    def starts(self, pair: Pair, threads: int) -> list[Start]:
        """Every way over one graph."""
        here, archive = workers.this_python(), self.folder / runtime_archive.NAME
        starts = [
            Start(BARE, "bare", here, pair.pixels, threads),
            Start(OURS, "ours", here, pair.pixels, threads),
            Start(PACKED, "packed", runtime_archive.device_python(), pair.pixels, threads, archive),
            Start(ULTRALYTICS, "ultralytics", here, pair.floats, threads),
        ]
        return starts + ([Start(ROBOFLOW, "roboflow", self.roboflow, pair.floats, threads)] if self.roboflow else [])


def main() -> int:
    """Measure, print, compare with the limits."""
    chosen = _arguments()
    weights = models.weights_of(chosen.weights)
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = Bench(folder, folder / "frames.raw", 12 if chosen.short else chosen.rounds, _roboflow(chosen.peers))
        workers.write_frames(bench.frames, FRAMES)
        (folder / runtime_archive.NAME).write_bytes(runtime_archive.pack())
        sizes = [320] if chosen.short else chosen.sizes
        pairs = {size: models.pair(weights, folder, size, size) for size in sizes}
        for size, pair in pairs.items():
            for threads in chosen.threads:
                _compare(bench, pair, size, threads)
        _shipped(bench, chosen.model_folder, weights)
        _process(bench, pairs[min(pairs)], 50 if chosen.short else 1000)
    if bench.roboflow is None:
        print("roboflow inference-models: not installed, not measured; give --peers DIR")
    print("every limit holds" if not bench.missed else f"missed: {'; '.join(bench.missed)}")
    return 1 if bench.missed and not chosen.short else 0


def _arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--model-folder", type=Path, help="variants.json and its files; ../train/weights.pt beside it")
    parser.add_argument("--sizes", type=int, nargs="+", default=[640, 320], help="sides of the square inputs, pixels")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=60, help="frames per way")
    parser.add_argument("--peers", type=Path, help="folder of environments of other products; made if absent")
    parser.add_argument("--short", action="store_true", help="a few rounds")
    chosen = parser.parse_args()
    chosen.weights = chosen.model_folder.parent / "train" / "weights.pt" if chosen.model_folder else None
    return chosen


def _compare(bench: Bench, pair: Pair, size: int, threads: int) -> None:
    """Every way over one graph: the table, and its limits."""
    found = workers.costs(bench.starts(pair, threads), bench.frames, FRAMES, bench.rounds)
    title = f"FP32 {size} x {size}, {threads} thread{'s' * (threads > 1)}"
    _table(title, found, found[BARE])
    for way in (OURS, PACKED):
        bench.judge(f"{title}: {way} / bare", found[way].cpu_ms / found[BARE].cpu_ms, OVER_BARE)
    bench.judge(f"{title}: ours / {ULTRALYTICS}", found[OURS].cpu_ms / found[ULTRALYTICS].cpu_ms, OVER_ULTRALYTICS)
    if ROBOFLOW in found:
        bench.judge(f"{title}: ours / {ROBOFLOW}", found[OURS].cpu_ms / found[ROBOFLOW].cpu_ms, OVER_ROBOFLOW)


def _shipped(bench: Bench, model_folder: Path | None, weights: weights_file.Weights) -> None:
    """Eight bits in the camera's shape, packed, against ultralytics' square FP32 of the same weights."""
    square = models.pair(weights, bench.folder, 640, 640)
    wide = models.pair(weights, bench.folder, 640, 384)
    eight = models.eight_bits(wide, weights.classes, bench.frames, FRAMES)
    contests = {"INT8 640 x 384 / ultralytics FP32 640 x 640": (eight, square)}
    if model_folder is not None:
        variants = documents.read_value(Variants, model_folder / "variants.json")
        reference = variants.variants[0]
        small = models.pair(weights, bench.folder, reference.width, reference.height)
        for one in variants.variants:
            if one.precision == "int8" and one.engine == "onnxruntime":
                title = f"shipped {one.name} {one.width} x {one.height} / ultralytics FP32 {reference.width} square"
                contests[title] = ((model_folder / one.file).resolve(), small)
    for title, (model, theirs) in contests.items():
        starts = {start.way: start for start in bench.starts(theirs, 1)}
        ours = replace(starts["packed"], model=model)
        found = workers.costs([starts["ultralytics"], ours], bench.frames, FRAMES, bench.rounds)
        _table(title, found, found[ULTRALYTICS])
        bench.judge(title, found[PACKED].cpu_ms / found[ULTRALYTICS].cpu_ms, SHIPPED)


def _process(bench: Bench, pair: Pair, runs: int) -> None:
    """Memory after many frames, and the time to the first box."""
    starts = {start.label: start for start in bench.starts(pair, 1) if start.label != BARE}
    held = {label: workers.memory_mb(start, bench.frames, FRAMES, runs) for label, start in starts.items()}
    for label, megabytes in held.items():
        print(f"  {label:40s} {megabytes:8.0f} MB resident after {runs} frames")
    bench.judge(f"memory: packed / {ULTRALYTICS}", held[PACKED] / held[ULTRALYTICS], MEMORY)
    taken = statistics.median(workers.first_box_s(starts[PACKED], bench.frames) for _ in range(5))
    bench.judge("packed: interpreter to first box", taken, FIRST_BOX_S, " s")


def _table(title: str, found: dict[str, Cost], measure: Cost) -> None:
    print(f"{title}")
    for label, cost in found.items():
        print(
            f"  {label:40s} {cost.cpu_ms:8.2f} ms CPU {cost.cpu_ms / measure.cpu_ms:6.3f}"
            f"   {cost.wall_ms:8.2f} ms wall {cost.wall_ms / measure.wall_ms:6.3f}"
        )


def _roboflow(peers: Path | None) -> Path | None:
    """The interpreter that has inference-models; made by uv where a folder is named."""
    if peers is None:
        return None
    python = peers / "roboflow" / "bin" / "python"
    if not python.is_file():
        for command in (
            ["uv", "venv", "-q", str(peers / "roboflow")],
            ["uv", "pip", "install", "-q", "--python", str(python), "inference-models[onnx-cpu]"],
        ):
            if subprocess.run(command, check=False).returncode:
                raise DetectionError(f"{peers}: inference-models cannot be installed; leave --peers out")
    return python


if __name__ == "__main__":
    sys.exit(main())
