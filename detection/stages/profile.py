"""Stage ``profile``: what every variant costs here, each in a process of its own, in turns with the reference.

Reads  data/convert (variants.json and the models); frames of the golden set: data/collect/shards,
       data/validate/frames.parquet, data/agreement, data/split
Writes data/profile/costs.json

Its figures change from run to run: no later stage may read them that must give the same bits again, save the gate and
the pages.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field
from rich.console import Console
from rich.progress import Progress

from detection.edge.settings import Settings
from detection.errors import ModelError
from detection.outside import documents, exits, files, inference, runtime_archive
from detection.outside.dataset import Dataset
from detection.outside.stopwatch import turns
from detection.outside.stopwatch.turns import Entrant, Track
from detection.rules.document import Contradiction, Document
from detection.rules.judging.costs import Cost, CostSheet, costs
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

CONVERT = Path("data/convert")
OUT = Path("data/profile")
PROCESSORS = Path("/proc/cpuinfo")


class Params(Document):
    """Section ``profile`` of params.yaml."""

    frames: Annotated[int, Field(ge=20)]
    """Golden frames that are timed, or as many as there are."""
    rounds: Annotated[int, Field(ge=1)]
    """How often each is timed."""
    threads: Annotated[list[Annotated[int, Field(ge=1, le=256)]], Field(min_length=1)]
    """Numbers of threads; targets are held against the first: what a device runs with unless told otherwise."""

    def contradictions(self) -> list[Contradiction]:
        """A number of threads named twice."""
        twice = len(set(self.threads)) != len(self.threads)
        return [Contradiction(("threads",), "names a number twice; name each once")] if twice else []


def run(
    params: Params, variants: Variants, contents: Sequence[bytes], track: Track, told: Callable[[int], None]
) -> CostSheet:
    """Time every variant with every number of threads.

    Args:
        params: of this stage.
        variants: the models' description, the reference first.
        contents: each model file's bytes, in the same order.
        track: on what they are timed.
        told: hears of every round that is over.

    Raises:
        ModelError: a model could not be loaded, or its process died.
    """
    entrants = [
        Entrant(variant.name, variant.engine, content, threads)
        for threads in params.threads
        for variant, content in zip(variants.variants, contents, strict=True)
    ]
    rows = costs(turns.timed(entrants, track, told), platform.machine())
    return CostSheet(rows, _processor(), os.cpu_count() or 1)


def main() -> None:
    """Read, time, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="profile")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    settings = inference.settings_of(spec.output)
    variants = documents.read_value(Variants, CONVERT / "variants.json")
    contents = [inference.model_bytes(CONVERT, variant) for variant in variants.variants]
    track = _track(params, settings, Dataset.open())
    with Progress(console=Console(stderr=True)) as shown:
        task = shown.add_task("timing", total=params.rounds)
        sheet = run(params, variants, contents, track, lambda _: shown.advance(task))
    files.empty_folder(OUT)
    documents.write_value(OUT / "costs.json", sheet)
    for row in sheet.rows:
        print(sentence(row))


def sentence(row: Cost) -> str:
    """A variant's cost in one line."""
    plural = "s" * (row.threads != 1)
    said = f"{row.variant}, {row.threads} thread{plural}: {row.p50_ms:.1f} ms, p95 {row.p95_ms:.1f} ms"
    return f"{said}, {row.times_reference:.2f} of the reference, {row.memory_mb:.0f} MB"


def _track(params: Params, settings: Settings, dataset: Dataset) -> Track:
    rows = dataset.exam()[: params.frames]
    if not len(rows):
        raise ModelError("no frame of golden or test is there to be timed; mend split in specs/spec.yaml")
    pictures = [dataset.image(int(row)) for row in rows]
    return Track(runtime_archive.pack(), runtime_archive.device_python(), settings, pictures, params.rounds)


def _processor() -> str:
    """The processor's name, where the system tells it."""
    if PROCESSORS.is_file():
        for line in PROCESSORS.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    exits.run(main)
