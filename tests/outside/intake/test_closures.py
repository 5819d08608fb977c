"""Which code decides over a source: its reader's, not another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from detection.outside.intake import closures

READING = "detection.outside.formats.reading"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of four modules in the place of ours."""
    made = {
        "__init__.py": "", "reader.py": "from detection import rules\nfrom detection.rules import boxes\nimport json\n",
        "other.py": "import detection.rules.boxes\n", "rules/__init__.py": "", "rules/boxes.py": "x = 1\n",
        "rules/late.py": "def f():\n    from detection import other\n    return other\n",
    }  # fmt: skip
    for name, content in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    monkeypatch.setattr(closures, "_ROOT", tmp_path)
    closures._closure.cache_clear()
    yield tmp_path
    closures._closure.cache_clear()


def test_a_change_of_what_is_imported_is_a_change(package: Path) -> None:
    """At any depth, also inside a function; names of other packages do not count."""
    before = [closures.digest([f"detection.{name}"]) for name in ("reader", "other", "rules.late")]
    (package / "rules" / "boxes.py").write_text("x = 2\n")
    after = [closures.digest([f"detection.{name}"]) for name in ("reader", "other", "rules.late")]
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_a_change_elsewhere_is_none(package: Path) -> None:
    """Mending one reader reads nobody else's deliveries again."""
    before = closures.digest(["detection.reader"])
    (package / "other.py").write_text("y = 1\n")
    (package / "rules" / "late.py").write_text("y = 1\n")
    assert closures.digest(["detection.reader"]) == before


def test_our_own_readers_have_closures_of_their_own() -> None:
    """The practice world and other readers are in none of them."""
    found = closures._closure(frozenset([f"{READING}.coco", "detection.outside.intake.delivered"]))
    assert {"detection.outside.exif.containers", "detection.rules.labels.intake.context", "detection"} <= found
    assert not {name for name in found if name.startswith("detection.scenes")}
    assert f"{READING}.voc" not in found
