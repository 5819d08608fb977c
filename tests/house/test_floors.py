"""The floors: imports go down only, every module has a floor, every product has one importer."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED = {
    "detection.errors": set(),
    "detection.edge": {"numpy", "cv2", "onnxruntime", "cryptography", "openvino", "paho", "tensorrt", "tensorrt_rtx"},
    "detection.scenes": {"numpy", "cv2"},
    "detection.rules": {"numba", "numpy", "scipy", "sklearn", "pydantic"},
    "detection.ports": {"numpy"},
    "detection.cli": {"typer"},
    "detection.commands": {"typer", "rich", "numpy", "pydantic"},
    "detection.stages": {"numpy", "cv2", "rich", "pydantic"},
}
"""Packages that the modules of a floor may import besides the standard library, late imports included."""

IMPORTERS = {
    "alembic": {"detection.outside.database"},
    "mlflow": {"detection.outside.mlflow"},
    "psycopg": {"detection.outside.database"},
    "sqlalchemy": {"detection.outside.database"},
    "torch": {"detection.outside.ultralytics"},
    "torchvision": {"detection.outside.ultralytics"},
    "ultralytics": {"detection.outside.ultralytics"},
    "cryptography": {"detection.edge.trust.signatures", "detection.outside.keys"},
    "cyclonedx": {"detection.outside.bills"},
    "nncf": {"detection.outside.openvino"},
    "onnx": {"detection.outside.onnx"},
    "openvino": {"detection.edge.engines.openvino", "detection.outside.openvino"},
    "paho": {"detection.edge.sinks.mqtt"},
    "tensorrt": {"detection.edge.engines.tensorrt", "detection.outside.tensorrt"},
    "tensorrt_rtx": {"detection.edge.engines.tensorrt", "detection.outside.tensorrt"},
    "onnxruntime": {"detection.edge.engines.onnx", "detection.outside.onnx"},
    "jinja2": {"detection.outside.html"},
    "matplotlib": {"detection.outside.plots"},
    "daft": {"detection.outside.daft"},
    "dvc": {"detection.outside.dvc"},
    "fastapi": {"detection.outside.receiver"},
    "fiftyone": {"detection.outside.fiftyone"},
    "hypercorn": {"detection.outside.fiftyone"},
    "pyarrow": {"detection.outside.tables", "detection.outside.telemetry.parquet"},
    "pymongo": {"detection.outside.fiftyone"},
    "starlette": {"detection.outside.receiver"},
    "textual": {"detection.outside.textual"},
    "uvicorn": {"detection.outside.receiver"},
    "yaml": {"detection.outside.documents"},
    "typer": {"detection.cli", "detection.commands"},
}
"""Each product's importers: a module, or a package with all it holds."""

DEVICE_PYTHON = (3, 10)


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("detection", include_external_packages=True, cache_dir=None)


def ours() -> list[str]:
    return sorted(module for module in graph().modules if module.split(".")[0] == "detection")


def within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def packages_of(module: str) -> set[str]:
    imported = {name.split(".")[0] for name in graph().find_modules_directly_imported_by(module)}
    return imported - {"detection"} - set(sys.stdlib_module_names)


def test_the_contracts_of_pyproject_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_module_without_a_floor_is_refused(tmp_path: Path) -> None:
    names = subprocess.run(["git", "ls-files", "-z", "detection"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in ["pyproject.toml", *filter(None, names.stdout.split("\0"))]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "detection" / "utils.py").write_text('"""A room without a floor."""\n')
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "utils" in done.stdout


@pytest.mark.parametrize("floor", sorted(ALLOWED))
def test_a_floor_imports_only_the_packages_it_may(floor: str) -> None:
    strangers = {m: packages_of(m) - ALLOWED[floor] for m in ours() if within(m, floor)}
    found = {module: sorted(names) for module, names in strangers.items() if names}
    assert not found, (
        f"{floor} may import {sorted(ALLOWED[floor])} only; move the line to its room in outside/: {found}"
    )


@pytest.mark.parametrize("product", sorted(IMPORTERS))
def test_a_product_is_imported_by_its_adapter_alone(product: str) -> None:
    importers = {module for module in ours() if product in packages_of(module)}
    strangers = sorted(m for m in importers if not any(within(m, place) for place in IMPORTERS[product]))
    assert not strangers, f"only {sorted(IMPORTERS[product])} may import {product}; found in {strangers}"


def test_what_boards_the_device_can_be_read_by_its_python() -> None:
    import ast

    for path in [ROOT / "detection" / "errors.py", *(ROOT / "detection" / "edge").rglob("*.py")]:
        ast.parse(path.read_text(), filename=str(path), feature_version=DEVICE_PYTHON)


NEWER_THAN_THE_DEVICE = ("StrEnum", "tomllib", "datetime.UTC", "file_digest", "ExceptionGroup", "typing.Self")


def test_what_boards_the_device_names_nothing_newer_than_its_python() -> None:
    for path in [ROOT / "detection" / "errors.py", *(ROOT / "detection" / "edge").rglob("*.py")]:
        found = [name for name in NEWER_THAN_THE_DEVICE if name in path.read_text()]
        assert not found, f"{path.relative_to(ROOT)} names {found}, which Python 3.10 lacks"
