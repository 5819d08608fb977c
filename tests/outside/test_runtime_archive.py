"""The packed runtime: same sources, same bytes; complete; nothing of the trainer."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import grimp
import pytest

import detection
from detection.edge.__main__ import VERBS
from detection.errors import BundleError, EnvironmentMissingError
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


def test_what_is_packed_is_our_program_without_its_words_line_for_line() -> None:
    for path in [PACKAGE / "errors.py", *(PACKAGE / "edge").rglob("*.py")]:
        source = path.read_bytes()
        packed = runtime_archive.bare(source)
        assert packed.count(b"\n") == source.count(b"\n"), path
        assert statements(packed) == statements(source), path
        assert len(packed) <= len(source)


def statements(source: bytes) -> str:
    """The program's tree without strings that are statements."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return ast.dump(tree)


@pytest.mark.parametrize(
    ("source", "packed"),
    [
        pytest.param(b'"""Told."""\nx = 1  # why\n', b'""\nx = 1\n', id="module"),
        pytest.param(
            b'def f():\n    """Told\n    at length."""\n    return 1', b'def f():\n ""\n\n return 1', id="first"
        ),
        pytest.param(b'class E(Exception):\n    """Told."""\n', b'class E(Exception):\n ""\n', id="alone"),
        pytest.param(b'x = "# no comment"\n', b'x = "# no comment"\n', id="a string with a hash"),
        pytest.param("x = 'ä'  # ö\ny = 2\n".encode(), "x = 'ä'\ny = 2\n".encode(), id="beyond ASCII"),
        pytest.param(b'x = """\n    told\n"""\n', b'x = """\n    told\n"""\n', id="a string of several lines"),
        pytest.param(b'x = f"""\n    {1}\n"""\n', b'x = f"""\n    {1}\n"""\n', id="a formatted one"),
        pytest.param(b'x = 1\n"""Of x."""\n', b'x = 1\n""\n', id="after an assignment"),
    ],
)
def test_what_is_told_to_readers_goes_and_the_rest_stays(source: bytes, packed: bytes) -> None:
    assert runtime_archive.bare(source) == packed


def test_it_is_small() -> None:
    """Published: at most 300 kB."""
    assert len(runtime_archive.pack()) <= 300_000


def test_it_holds_the_edge_and_the_errors_and_nothing_else() -> None:
    names = zipfile.ZipFile(BytesIO(runtime_archive.pack())).namelist()
    assert names == sorted(names)
    others = [name for name in names if not name.startswith("detection/edge/")]
    assert others == ["__main__.py", "detection/__init__.py", "detection/errors.py"]
    assert "detection/edge/vision/preprocess.py" in names


def test_every_packed_module_is_reached_from_the_program() -> None:
    """DVC follows imports: a module that is packed but never imported would change the archive behind its back."""
    start = "detection.edge.__main__"
    reached = grimp.build_graph("detection", cache_dir=None).find_upstream_modules(start) | {start}
    packages = {name.rsplit(".", depth)[0] for name in reached for depth in range(1, name.count(".") + 1)}
    names = zipfile.ZipFile(BytesIO(runtime_archive.pack())).namelist()
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names} - {"__main__"}
    assert modules <= reached | packages


BEFORE_PACKAGES = frozenset(("history", "install", "rollback", "status", "supervise", "verify"))
"""Verbs that an installer runs with the system's python3, before numpy or an engine is there."""


def test_it_imports_in_isolation_nothing_beyond_its_requirements(tmp_path: Path) -> None:
    """Verb after verb in one process: optional packages only when an engine or a sink that needs one is opened."""
    archive = tmp_path / "runtime.pyz"
    archive.write_bytes(runtime_archive.pack())
    code = (
        "import importlib, sys, sysconfig\nsys.path.insert(0, sys.argv[1])\n"
        "site = sysconfig.get_paths()['purelib']\n"
        "for name in sys.argv[2:]:\n"
        "    verb = importlib.import_module('detection.edge.verbs.' + name)\n"
        "    files = {n.split('.')[0]: getattr(m, '__file__', '') or '' for n, m in sys.modules.items()}\n"
        "    print(verb.__file__, *sorted(n for n, file in files.items() if file.startswith(site)))"
    )
    verbs = [*sorted(BEFORE_PACKAGES), *sorted(set(VERBS) - BEFORE_PACKAGES)]
    words = [sys.executable, "-I", "-c", code, str(archive), *verbs]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    for verb, line in zip(verbs, done.stdout.splitlines(), strict=True):
        place, *packages = line.split()
        assert place.startswith(str(archive))
        allowed = set() if verb in BEFORE_PACKAGES else {"numpy", "cv2", "onnxruntime"}
        assert set(packages) - {"_distutils_hack", "_virtualenv"} <= allowed, verb


def test_a_folder_that_is_not_the_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not the package"):
        runtime_archive.pack(tmp_path)


def test_the_bare_environment_is_found_beside_the_package_and_beside_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rehearsal runs a copy of the package, which has no environment beside it."""
    made = tmp_path / runtime_archive.DEVICE_ENVIRONMENT / "bin" / "python"
    made.parent.mkdir(parents=True)
    made.touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(detection, "__file__", str(tmp_path / "copy" / "detection" / "__init__.py"))
    assert runtime_archive.device_python() == made
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "elsewhere" / ".venv"))
    with pytest.raises(EnvironmentMissingError, match="make environment"):
        runtime_archive.device_python()
