"""A throw-away workspace beside the real one: what a fault may change is copied, what nobody writes is linked.

Stages run in it as DVC would run them, each in a process of its own, and with a copy of the source where the source is
what a fault changes. The real workspace is only read.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict

import detection
from detection.errors import DetectionError
from detection.outside import documents, exits, files
from detection.rules.document import Document

COPIED = ("validate", "agreement", "split", "train", "convert", "calibrate", "evaluate", "parity", "gate")
"""Folders of ``data/`` that a fault or a stage run anew may change."""
NEEDED = 5
"""So many of them must be there: the others are made anew."""
READ = ("collect", "profile")
"""Folders of ``data/`` that are only read."""
PREFIX = "detection-rehearsal-"
"""Every throw-away workspace's name begins with this."""
YOUNG_S = 60.0
"""A folder this young may not be locked yet by the rehearsal that made it."""


class _Section(Document):
    """Any section of params.yaml: its stage knows what it may hold."""

    model_config = ConfigDict(extra="allow")


class _Params(Document):
    """``params.yaml``, whole."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, _Section]


@dataclass(frozen=True, slots=True)
class Scratch:
    """One workspace to plant a fault in.

    Attributes:
        folder: the workspace; stages run here.
    """

    folder: Path

    @property
    def data(self) -> Path:
        """What the stages leave."""
        return self.folder / "data"

    def run(self, stage: str) -> str:
        """Run one stage; nothing is printed.

        Returns:
            ``""`` if it succeeded, else what it refused with.

        Raises:
            DetectionError: it crashed instead of refusing.
        """
        program = [sys.executable, "-m", f"detection.stages.{stage}"]
        done = subprocess.run(program, cwd=self.folder, check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return ""
        refusal = re.search(r"(?ms)^(?:error|refused): (.*)\Z", done.stderr)
        if done.returncode not in (exits.FAULT, exits.REFUSED) or refusal is None:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise DetectionError(f"stage {stage} crashed in the rehearsal ({last}); this is our fault, report it")
        return "; ".join(line.strip() for line in refusal[1].strip().splitlines())

    def params(self, section: str) -> Mapping[str, object]:
        """Numbers of one section of params.yaml."""
        return documents.read_document(_Section, self.folder / "params.yaml", section).model_dump()

    def set_params(self, section: str, **values: object) -> None:
        """Change numbers of one section of params.yaml."""
        path = self.folder / "params.yaml"
        params = documents.read_document(_Params, path).model_dump()
        params[section] |= values
        text = json.dumps(params, indent=2)  # YAML too, but for its numbers such as 1e-05
        files.write_text(path, re.sub(r"(?m)^(.*[ :]-?\d+)e([+-]?\d+,?)$", r"\1.0e\2", text) + "\n")

    def own_source(self) -> Path:
        """Give this workspace a copy of the package, which its stages then run."""
        place = self.folder / "detection"
        if not place.exists():
            shutil.copytree(Path(detection.__file__).parent, place)
        return place


@contextmanager
def scratch(workspace: Path) -> Iterator[Scratch]:
    """A copy of ``workspace`` that is gone afterwards.

    Args:
        workspace: where ``dvc repro`` ran to its end, or at least to stage ``convert``.

    Raises:
        DetectionError: something is missing there.
        DiskError: the temporary folder's disk is full.
    """
    missing = [name for name in (*COPIED[:NEEDED], *READ) if not (workspace / "data" / name).is_dir()]
    if missing:
        raise DetectionError(f"{workspace / 'data'}: {', '.join(missing)} is missing; run `dvc repro` first")
    remove_abandoned(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        try:
            with _locked(Path(name)):
                yield _made(workspace.resolve(), Path(name))
        except OSError as error:
            raise files.DiskError(
                f"{tempfile.gettempdir()}: cannot hold the rehearsal ({error.strerror or error}); "
                "free space, or set TMPDIR to a larger disk"
            ) from error


def remove_abandoned(folder: Path) -> None:
    """Remove what rehearsals left in ``folder`` that were killed before they could clear up behind themselves.

    A rehearsal holds a lock on its workspace for as long as it lives; the system drops it with the process.
    """
    for place in sorted(folder.glob(f"{PREFIX}*")):
        known = place.lstat()
        if not place.is_dir() or place.is_symlink() or known.st_uid != os.getuid():
            continue
        if time.time() - known.st_mtime > YOUNG_S and not _held(place):
            shutil.rmtree(place, ignore_errors=True)


def _held(folder: Path) -> bool:
    """Does a living process hold the lock?"""
    try:
        with _locked(folder):
            return False
    except BlockingIOError:
        return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; the programs started meanwhile do not inherit it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _made(workspace: Path, folder: Path) -> Scratch:
    (folder / "data").mkdir()
    for name in COPIED:
        if (workspace / "data" / name).is_dir():
            shutil.copytree(workspace / "data" / name, folder / "data" / name)
    for name in READ:
        (folder / "data" / name).symlink_to(workspace / "data" / name)
    shutil.copytree(workspace / "specs", folder / "specs")
    shutil.copyfile(workspace / "params.yaml", folder / "params.yaml")
    place = Scratch(folder)
    place.set_params("evaluate", resamples=1)  # of the scores' intervals, which no gate reads
    _absolute_paths(place, workspace)
    return place


def _absolute_paths(place: Scratch, workspace: Path) -> None:
    """Lists of a split and weights that somebody brought are named relative to the workspace."""
    lists, pretrained = place.params("split")["lists"], place.params("train")["pretrained"]
    if lists is not None:
        place.set_params("split", lists=str(workspace / str(lists)))
    if isinstance(pretrained, dict) and pretrained.get("path") is not None:
        place.set_params("train", pretrained=pretrained | {"path": str(workspace / str(pretrained["path"]))})
