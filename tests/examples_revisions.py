"""A scratch repository of git and DVC whose stages hold small versions of the data."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detection.outside import documents, files, tables
from detection.outside.shards import ShardWriter
from detection.rules.labels.intake.promises import Promise, Promises
from detection.rules.labels.samples import Annotations
from detection.rules.labels.versions.version import Version
from tests.examples_labels import jpeg
from tests.examples_versions import looked_at, strings

STAGES = ("collect", "validate", "agreement")
PIPELINE = "stages:\n" + "".join(
    f"  {name}:\n    cmd: cp -R made/{name} data/{name}\n    deps: [made/{name}]\n    outs: [data/{name}]\n"
    for name in STAGES
)


@dataclass(frozen=True, slots=True)
class Scratch:
    """The repository's folder."""

    root: Path

    def run(self, *words: str) -> str:
        """What a program of the environment answers here."""
        own = Path(sys.executable).parent
        environment = {**os.environ, "DVC_NO_ANALYTICS": "1", "PATH": f"{own}:{os.environ['PATH']}"}
        done = subprocess.run(words, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make(self, made: Version, *, images: bool = True) -> None:
        """Put a version's tables, and an image for every frame, where the stages take them from."""
        shutil.rmtree(self.root / "made", ignore_errors=True)
        collect = self.root / "made" / "collect"
        stored = with_images(made, collect / "shards") if images else made
        write_version(stored, self.root / "made")
        promise(collect)

    def commit(self, tag: str) -> None:
        """Run the pipeline and keep its record as a tagged commit."""
        self.run("dvc", "repro", "--quiet")
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--message", tag)
        self.run("git", "tag", tag)


def scratch(root: Path) -> Scratch:
    """A new repository without a version."""
    made = Scratch(root)
    root.mkdir(parents=True, exist_ok=True)
    made.run("git", "init", "--quiet")
    for name, value in (("user.name", "tester"), ("user.email", "tester@example.org")):
        made.run("git", "config", name, value)
    made.run("dvc", "init", "--quiet")
    (root / "dvc.yaml").write_text(PIPELINE)
    (root / ".gitignore").write_text("made/\n")
    (root / "data").mkdir()
    (root / "data" / "README").write_text("what the stages made\n")
    return made


def with_images(made: Version, folder: Path) -> Version:
    """The version with a JPEG file of its own for every frame, in shards of a few images."""
    new_id, shards, offsets, lengths = {}, [], [], []
    with ShardWriter(folder, 40_000, "yard-") as writer:
        for frame, name in zip(made.frames.id, made.frames.name, strict=True):
            content = jpeg(sum(str(name).encode()) % 997, 64, 48)
            new_id[frame] = hashlib.sha256(content).hexdigest()
            place = writer.add(new_id[frame], "jpg", content)
            shards.append(place.shard)
            offsets.append(place.offset)
            lengths.append(place.length)
    frames = replace(
        made.frames, id=strings([new_id[f] for f in made.frames.id]), shard=strings(shards),
        offset=np.array(offsets, np.int64), length=np.array(lengths, np.int64),
    )  # fmt: skip
    labels = replace(made.labels, frame=strings([new_id[f] for f in made.labels.frame]))
    return Version(made.name, frames, labels, looked_at(frames.id))


def write_version(made: Version, folder: Path) -> None:
    """The tables of all three stages; one annotator drew what was settled."""
    raw: Annotations = replace(made.labels, annotator=strings(["ann"] * len(made.labels)))
    for name in STAGES[:2]:
        tables.write_frames(folder / name / "frames.parquet", made.frames)
        tables.write_annotations(folder / name / "boxes.parquet", raw)
        tables.write_assignments(folder / name / "assignments.parquet", looked_at(made.labelled.frame, "ann"))
    tables.write_annotations(folder / "agreement" / "labels.parquet", made.labels)
    tables.write_assignments(folder / "agreement" / "labelled.parquet", made.labelled)


def promise(collect: Path) -> None:
    """Promise everything in the folder of stage collect."""
    found = sorted(path for path in collect.rglob("*") if path.is_file() and path.name != "manifest.json")
    promises = [Promise(p.relative_to(collect).as_posix(), p.stat().st_size, files.sha256(p)) for p in found]
    documents.write_value(collect / "manifest.json", Promises(tuple(sorted(promises, key=lambda p: p.name))))
