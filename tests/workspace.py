"""A throw-away copy of this checkout in which the pipeline can run without touching the real one.

Tests make one in a temporary folder; ``benchmarks/real_data.py`` keeps one for each preset, so that a second run reuses
what is still right.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "specs" / "examples"
KEPT = ("data", "export", ".dvc", ".git", "dvc.lock")
"""What a refreshed workspace keeps: everything that a run made."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One copy of the checkout, with its own git and DVC."""

    folder: Path

    def run(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment here; what it said is in ``stdout``, both streams together."""
        done = subprocess.run(
            [str(word) for word in words], cwd=self.folder, env=environment(), check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout[-4000:]}")
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a program here in a process group of its own, as a terminal would."""
        return subprocess.Popen(
            words, cwd=self.folder, env=environment(), text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def edit(self, name: str, changes: Mapping[tuple[str | int, ...], Any]) -> None:
        """Change values of a YAML file, each named by its path of keys."""
        yaml = YAML()
        yaml.width = 4096
        document = yaml.load(self.folder / name)
        for place, value in changes.items():
            part = document
            for key in place[:-1]:
                part = part[key]
            part[place[-1]] = value
        yaml.dump(document, self.folder / name)

    def twin(self, folder: Path) -> Workspace:
        """A copy of this workspace and all that was made in it."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Workspace(folder)


def make(folder: Path, preset: str | None = None) -> Workspace:
    """Copy the checkout's files into ``folder`` and lay a preset's spec and params over them.

    Args:
        folder: made if need be; what a former run made there (``KEPT``) stays.
        preset: a folder of specs/examples; None keeps the default spec and params.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.name not in KEPT:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for name in _ours():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, place)
    if preset is not None:
        shutil.copyfile(EXAMPLES / preset / "spec.yaml", folder / "specs" / "spec.yaml")
        shutil.copyfile(EXAMPLES / preset / "params.yaml", folder / "params.yaml")
        shutil.rmtree(folder / "specs" / "targets")
        shutil.copytree(EXAMPLES / preset / "targets", folder / "specs" / "targets")
    workspace = Workspace(folder)
    _commit(workspace)
    return workspace


def environment() -> dict[str, str]:
    """The surroundings of a program in a workspace: this environment's programs first, nothing of an outer git."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "DVC_", "PYTEST_", "PYTHONPATH"))}
    return kept | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "160"}


def _ours() -> Iterator[str]:
    """Files of the checkout that git tracks or would track; those just deleted are left out."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return (name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def _commit(workspace: Workspace) -> None:
    """Record the workspace's files in a git of its own: DVC's experiments want one."""
    if not (workspace.folder / ".git").exists():
        workspace.run("git", "init", "--quiet", "--initial-branch=main")
        workspace.run("git", "config", "user.name", "workspace")  # DVC's experiments commit, whoever runs the tests
        workspace.run("git", "config", "user.email", "workspace@localhost")
    workspace.run("git", "add", "--all")
    workspace.run("git", "commit", "--quiet", "--allow-empty", "--message=Workspace")
