"""What each stage really depends on: read from its source and its imports, compared with dvc.yaml.

DVC calls a stage up to date when a file that nobody listed has changed. So the list is computed.
Run ``python -m tests.house.closures --write`` (or ``make deps``) to write it.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import grimp
from ruamel.yaml import YAML

from detection.rules.spec.spec import Spec

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "dvc.yaml"
SPEC = "specs/spec.yaml"
PATH_OF_DATA = re.compile(r"data|(data|requirements)/[a-z.]+(/[A-Za-z0-9_.-]+)*")
OURS = "detection"
"""Dependencies on this folder, or below it, are computed; all others are declared by hand."""

READ_AS_FILES = {
    "detection.outside.database.schema.migrating": ("detection/outside/database/schema/migrations/**/*.py",),
    "detection.outside.html": ("detection/outside/templates/*",),
    "detection.outside.runtime_archive": ("detection/errors.py", "detection/__init__.py", "detection/edge/**/*.py"),
}
"""Modules that read files of the package without importing them, and which."""

DIGESTS_ALL = "detection.outside.lineage"
"""Whoever imports this module depends on the whole package: it writes down the digest of all of it."""


@cache
def stages() -> dict[str, dict[str, Any]]:
    """The stages of dvc.yaml, in its order."""
    stages_: dict[str, dict[str, Any]] = _yaml().load(PIPELINE)["stages"]
    return stages_


def output_of(stage: str) -> str:
    """The one folder that a stage writes, whether or not dvc.yaml says more of it."""
    [output] = stages()[stage]["outs"]
    return str(next(iter(output)) if isinstance(output, dict) else output)


def source_of(stage: str) -> Path:
    """The module of a stage."""
    return ROOT / "detection" / "stages" / f"{stage}.py"


def code_needed(stage: str) -> list[str]:
    """Every file of the package that a stage's result can depend on, sorted; late imports and packages included."""
    modules = _closed({f"detection.stages.{stage}"})
    if DIGESTS_ALL in modules:
        return [OURS]
    found = {_file_of(module) for module in modules}
    for module in modules & READ_AS_FILES.keys():
        found.update(_matching(READ_AS_FILES[module]))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def code_reached(module: str) -> list[Path]:
    """Every file of the package that a module can reach, sorted; a noun's verbs are read only when they are typed."""
    return sorted(_file_of(found) for found in _closed({module, *_graph().find_descendants(module)}))


def code_declared(stage: str) -> list[str]:
    """The files of the package that dvc.yaml lists for a stage, sorted."""
    return sorted(d for d in stages()[stage].get("deps") or [] if is_ours(d))


def is_ours(dependency: str) -> bool:
    """Whether a dependency is the package, or in it."""
    return Path(dependency).parts[0] == OURS


def sections_needed(stage: str) -> list[str]:
    """Sections of the spec that a stage touches as ``spec.<section>``, sorted; a method counts by what it reads."""
    touched: set[str] = set()
    for node in ast.walk(ast.parse(source_of(stage).read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "spec":
            touched |= _sections_behind(node.attr)
    return sorted(touched)


def sections_declared(stage: str) -> list[str]:
    """Sections of the spec that dvc.yaml declares for a stage, sorted."""
    entries = stages()[stage].get("params") or []
    return sorted(section for entry in entries if isinstance(entry, dict) for section in entry.get(SPEC) or [])


def data_named(stage: str) -> list[str]:
    """Files below ``data/`` and ``requirements/`` that a stage's source spells out, sorted; its own folder left out.

    ``VALIDATE / "frames.parquet"`` is followed to its folder; where a part is computed, the folder above it is named.
    """
    tree = ast.parse(source_of(stage).read_text())
    constants = {
        target.id: _path(node.value, {})
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    parts = {child for node in ast.walk(tree) if _is_join(node) for child in ast.iter_child_nodes(node)}
    assigned = {part for node in tree.body if isinstance(node, ast.Assign) for part in ast.walk(node)}
    whole = (n for n in ast.walk(tree) if isinstance(n, ast.expr) and n not in parts | assigned)
    found = {path for node in whole if "/" in (path := _path(node, constants))}
    return sorted(path for path in found if path.split("/")[1] != stage)


def write() -> list[str]:
    """Rewrite the computed dependencies in dvc.yaml; returns the stages that changed."""
    yaml = _yaml()
    document = yaml.load(PIPELINE)
    changed = []
    for name, stage in document["stages"].items():
        if not source_of(name).exists():
            continue
        before = [str(d) for d in stage.get("deps") or []]
        after = [*(d for d in before if not is_ours(d)), *code_needed(name)]
        if before != after or sections_declared(name) != sections_needed(name):
            stage["deps"] = after
            stage["params"] = [*(p for p in stage["params"] if not _names_spec(p)), *_spec_entry(name)]
            changed.append(str(name))
    with PIPELINE.open("w") as stream:
        yaml.dump(document, stream)
    return changed


def _names_spec(entry: object) -> bool:
    return isinstance(entry, dict) and SPEC in entry


def _spec_entry(stage: str) -> list[dict[str, list[str]]]:
    sections = sections_needed(stage)
    return [{SPEC: sections}] if sections else []


def _closed(modules: set[str]) -> set[str]:
    """The modules, all they import or read, the packages that hold them, and so on until nothing is added."""
    graph = _graph()
    while True:
        grown = set(modules)
        for module in modules:
            grown |= graph.find_upstream_modules(module)
            grown |= _packages_above(module)
            grown |= _modules_read(module)
        if grown == modules:
            return modules
        modules = grown


def _packages_above(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[:depth]) for depth in range(1, len(parts))}


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("detection", cache_dir=None)


def _modules_read(module: str) -> set[str]:
    """Modules among the files that a module reads; what they import counts too."""
    paths = _matching(READ_AS_FILES.get(module, ()))
    return _graph().modules & {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}


def _file_of(module: str) -> Path:
    place = ROOT.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _matching(patterns: Iterable[str]) -> set[Path]:
    return {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}


def _sections_behind(name: str) -> set[str]:
    """``classes`` for ``spec.classes`` and for ``spec.class_ids()``, which reads it."""
    if name in Spec.model_fields:
        return {name}
    methods = [n for n in ast.walk(_spec_class()) if isinstance(n, ast.FunctionDef) and n.name == name]
    read = {n.attr for m in methods for n in ast.walk(m) if isinstance(n, ast.Attribute) and _is_self(n.value)}
    return {section for attribute in read for section in _sections_behind(attribute)}


def _is_join(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _path(node: ast.expr, constants: dict[str, str]) -> str:
    """The path that an expression spells, or the part of it that is written down; empty if none."""
    if isinstance(node, ast.Name):
        return constants.get(node.id, node.id if node.id == "data" else "")
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and PATH_OF_DATA.fullmatch(node.value) else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Path" and node.args:
        return _path(node.args[0], constants)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        above, below = _path(node.left, constants), node.right
        if above and isinstance(below, ast.Constant) and isinstance(below.value, str):
            return f"{above}/{below.value}"
        return above
    return ""


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


@cache
def _spec_class() -> ast.ClassDef:
    tree = ast.parse((ROOT / "detection" / "rules" / "spec" / "spec.py").read_text())
    return next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Spec")


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def main() -> None:
    """Print what would change, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite dvc.yaml")
    if parser.parse_args().write:
        print("rewritten:", ", ".join(write()) or "nothing, all dependencies were right")
        return
    for name in stages():
        if source_of(name).exists():
            print(name, *code_needed(name), sep="\n  ")


if __name__ == "__main__":
    main()
