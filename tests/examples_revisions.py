"""A scratch repository of git and DVC whose stages hold small versions of the data."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from detection.outside import documents, files, tables
from detection.outside.shards import ShardWriter
from detection.rules.labels.intake.promises import Promise, Promises
from detection.rules.labels.samples import Annotations
from detection.rules.labels.versions.version import Version
from tests.examples_labels import jpeg
from tests.examples_versions import looked_at, strings, version

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


FIRST = version(
    {
        "a.jpg": [("box", 5, 5, 30, 30), ("tube", 40, 5, 60, 20)],
        "b #1.jpg": [("box", 1, 1, 20, 20)],
        "gone.jpg": [("tube", 3, 3, 9, 9)],
        "same.jpg": [("box", 10, 10, 40, 40)],
    }
)
SECOND = version(
    {
        "a.jpg": [("box", 6, 5, 31, 30), ("polybag", 40, 5, 60, 20)],
        "b #1.jpg": [],
        "come.jpg": [("tube", 3, 3, 9, 9)],
        "same.jpg": [("box", 10, 10, 40, 40)],
    }
)


@cache
def with_history() -> Scratch:
    """A repository with revisions ``first`` and ``second``; the workspace is the second. Made once, to be read."""
    root = Path(tempfile.mkdtemp(prefix="history-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    made = scratch(root / "project")
    for name, content in (("first", FIRST), ("second", SECOND)):
        made.make(content)
        made.commit(name)
    return made


def copied(made: Scratch, root: Path) -> Scratch:
    """The repository again, in another folder, writable."""
    shutil.copytree(made.root, root, symlinks=True)
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
    return Scratch(root)


def flip(path: Path, place: int = -1) -> None:
    """Change one bit of a file, and neither its size nor its time."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
