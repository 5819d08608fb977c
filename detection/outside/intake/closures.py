"""Which of our own files decide what a source becomes: the modules that its reading imports, told without a run.

A digest over them is part of a source's fingerprint, so that mended code reads the source again, and code that has
nothing to do with it does not.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import detection

_ROOT = Path(detection.__file__).parent


def digest(modules: Iterable[str]) -> str:
    """SHA-256 over name and content of these modules and of every module of ours that they import, at any depth."""
    found = sorted(_closure(frozenset(modules)))
    lines = [f"{name}\t{hashlib.sha256(_file(name).read_bytes()).hexdigest()}\n" for name in found]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def _closure(modules: frozenset[str]) -> frozenset[str]:
    known: set[str] = set()
    waiting = set(modules)
    while waiting:
        module = waiting.pop()
        known.add(module)
        waiting |= set(_imported(module)) - known
    return frozenset(known)


def _imported(module: str) -> Iterator[str]:
    """Modules of ours that one names in its import statements, with the packages that hold them."""
    for node in ast.walk(ast.parse(_file(module).read_bytes())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            if parts[0] == detection.__name__:
                packages = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
                yield from (package for package in packages if _file(package).is_file())


def _file(module: str) -> Path:
    place = _ROOT.joinpath(*module.split(".")[1:])
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
