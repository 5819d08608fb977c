"""Where a model comes from: digests of the files it was made of, the environment, the commit."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from detection.outside import files
from detection.rules.evidence.lineage import Digest, Lineage, Package

PACKAGES = (
    "numpy", "scipy", "scikit-learn", "opencv-python-headless", "onnx", "onnxruntime", "torch", "torchvision",
    "ultralytics", "pyarrow", "pydantic", "pillow", "matplotlib", "jinja2",
)  # fmt: skip
"""What the figures and the files can depend on."""

CODE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Dice:
    """What chance followed from in training: its seed, and how many threads shared the sums."""

    seed: int
    threads: int


def collect(data: Iterable[Path], configuration: Iterable[Path], models: Sequence[Digest], dice: Dice) -> Lineage:
    """Digest everything named, and look at the machine.

    Args:
        data: tables and shards that were read.
        configuration: specification, parameters, requirements; those that do not exist are left out.
        models: the exported variants.
        dice: of training.
    """
    commit = _git("rev-parse", "HEAD")
    return Lineage(
        data=tuple(_digest(path) for path in data),
        code=tree_digest(CODE),
        configuration=tuple(_digest(path) for path in configuration if path.is_file()),
        models=tuple(models),
        commit=commit,
        changed=bool(commit) and bool(_git("status", "--porcelain", "--untracked-files=no")),
        python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()}",
        packages=tuple(_installed(PACKAGES)),
        seed=dice.seed,
        threads=dice.threads,
    )


def tree_digest(root: Path) -> str:
    """SHA-256 over ``<sha256>  <path>`` lines of all files below ``root``, sorted by path; caches are not code."""
    found = sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    lines = (f"{files.sha256(path)}  {path.relative_to(root).as_posix()}\n" for path in found)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path) -> Digest:
    return Digest(path.as_posix(), files.sha256(path))


def _installed(names: Iterable[str]) -> Iterable[Package]:
    for name in names:
        try:
            yield Package(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            continue


def _git(*words: str) -> str:
    """What git answers; empty outside a checkout, or where there is no git."""
    try:
        answer = subprocess.run(["git", *words], capture_output=True, text=True, check=True, timeout=20, cwd=CODE)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
