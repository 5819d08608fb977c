"""The packed runtime: same sources, same bytes; complete; nothing of the trainer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

import detection
from detection.errors import BundleError
from detection.outside import runtime_archive

PACKAGE = Path(detection.__file__).parent


def test_packing_twice_gives_the_same_bytes() -> None:
    assert runtime_archive.pack() == runtime_archive.pack()


def test_a_copy_elsewhere_with_other_dates_rights_and_line_ends_gives_the_same_bytes(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(PACKAGE, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("outside", "stages")))
    for number, path in enumerate(sorted(copy.rglob("*.py"), reverse=True)):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        path.chmod(0o600)
        os.utime(path, (number * 1e6, number * 1e6))
    (copy / "edge" / "__pycache__").mkdir(exist_ok=True)
    (copy / "edge" / "__pycache__" / "loop.pyc").write_bytes(b"stale")
    assert runtime_archive.pack(copy) == runtime_archive.pack()


def test_one_changed_character_gives_other_bytes(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(PACKAGE, tmp_path / "elsewhere"))
    source = copy / "edge" / "vision" / "decode.py"
    source.write_text(source.read_text().replace("argmax", "argmin"))
    assert runtime_archive.pack(copy) != runtime_archive.pack()


def test_it_holds_the_edge_and_the_errors_and_nothing_else() -> None:
    names = zipfile.ZipFile(BytesIO(runtime_archive.pack())).namelist()
    assert names == sorted(names)
    others = [name for name in names if not name.startswith("detection/edge/")]
    assert others == ["__main__.py", "detection/__init__.py", "detection/errors.py"]
    assert "detection/edge/vision/preprocess.py" in names


def test_every_packed_module_is_reached_from_the_program() -> None:
    """DVC follows imports: a module that is packed but never imported would change the archive behind its back."""
    code = "import sys, detection.edge.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    names = zipfile.ZipFile(BytesIO(runtime_archive.pack())).namelist()
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names} - {"__main__"}
    assert modules <= set(done.stdout.split())


def test_it_runs_in_isolation_and_imports_nothing_beyond_its_requirements(tmp_path: Path) -> None:
    archive = tmp_path / "runtime.pyz"
    archive.write_bytes(runtime_archive.pack())
    code = (
        "import sys, sysconfig\nsys.path.insert(0, sys.argv[1])\nimport detection.edge.__main__ as program\n"
        "site = sysconfig.get_paths()['purelib']\n"
        "print(program.__file__)\n"
        "print(*sorted({n.split('.')[0] for n, m in sys.modules.items() if (getattr(m, '__file__', '') or '')"
        ".startswith(site)}))"
    )
    words = [sys.executable, "-I", "-c", code, str(archive)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    place, packages = done.stdout.splitlines()
    assert place.startswith(str(archive))
    assert set(packages.split()) - {"_distutils_hack", "_virtualenv"} == {"numpy", "cv2", "onnxruntime"}


def test_a_folder_that_is_not_the_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not the package"):
        runtime_archive.pack(tmp_path)
