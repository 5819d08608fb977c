"""What may stand in the repository: fresh schema, written decisions, no big file, no path of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from detection.commands.spec import schema_text
from detection.outside.documents import read_document
from detection.rules.spec.spec import Spec
from tests.house.closures import ROOT

LARGEST_BYTES = 2 * 1024 * 1024
PRESETS = sorted(path.name for path in (ROOT / "specs" / "examples").iterdir() if path.is_dir())
HOME_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/" + r"(work|farm|root|home/[a-z]+|Users/[a-z]+)/[A-Za-z0-9._-]+", re.M)
ADDRESS = re.compile(r"--(extra-)?index" + r"-url|--find" + r"-links [a-z/]+:|^source = \{ *registry", re.M)


def tracked() -> list[Path]:
    words = ["git", "ls-files", "-z"]
    listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            found.append((path, content.decode()))
    return found


def test_the_schema_for_editors_is_fresh() -> None:
    fresh = (ROOT / "specs" / "schema.json").read_text() == schema_text()
    assert fresh, "run: detection spec show --schema > specs/schema.json"


@pytest.mark.parametrize("preset", PRESETS)
def test_the_spec_of_every_preset_is_well_formed(preset: str) -> None:
    read_document(Spec, ROOT / "specs" / "examples" / preset / "spec.yaml")


@pytest.mark.parametrize("preset", PRESETS)
def test_the_params_of_every_preset_have_the_keys_of_the_default(preset: str) -> None:
    default = YAML(typ="safe").load(ROOT / "params.yaml")
    own = YAML(typ="safe").load(ROOT / "specs" / "examples" / preset / "params.yaml")
    assert keys_of(own) == keys_of(default)


def keys_of(document: Any) -> set[tuple[str, str]]:
    return {(section, key) for section, values in document.items() for key in values or {}}


def test_the_labelling_guideline_and_the_spec_say_the_same_numbers() -> None:
    spec = read_document(Spec, ROOT / "specs" / "spec.yaml")
    page = " ".join((ROOT / "specs" / "labelling.md").read_text().split())
    for name in ("minimum_visible_share", "minimum_size_px"):
        said = {float(number) for number in re.findall(rf"`{name}: ([0-9.]+)`", page)}
        assert said == {getattr(one, name) for one in spec.classes}, f"specs/labelling.md says another {name}"
    assert f"at least {spec.labelling.agreement_floor:g}" in page
    assert f"IoU {spec.labelling.agreement_iou:g}" in page
    assert f"Guideline version {spec.labelling.guideline_version}." in page


def test_every_decision_is_listed_and_has_its_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("0*.md"))
    listed = re.findall(r"\((0[0-9]{3}-[a-z-]+\.md)\)", (folder / "README.md").read_text())
    assert [page.name for page in pages] == listed
    for number, page in enumerate(pages, start=1):
        text = page.read_text()
        assert text.startswith(f"# {number:04d} ")
        assert "**Decision.**" in text
        assert "**Cost.**" in text, f"{page.name}: every choice costs something; say what"


def test_every_decision_that_the_code_points_at_exists() -> None:
    named = {name for _, text in texts() for name in re.findall(r"docs/decisions/([0-9]{4}-[a-z-]+\.md)", text)}
    assert not {name for name in named if not (ROOT / "docs" / "decisions" / name).exists()}


def test_the_changelog_tells_what_comes_next() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()


def test_no_tracked_file_is_large() -> None:
    large = [str(path.relative_to(ROOT)) for path in tracked() if path.stat().st_size > LARGEST_BYTES]
    assert not large, f"over 2 MB: {large}; let DVC keep it, or make it at run time"


def test_no_file_names_a_path_of_one_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group().strip()}"
        for path, text in texts()
        for pattern in (HOME_PATH, ADDRESS)
        for match in pattern.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize("name", ["edge", "workstation", "review", "bootstrap"])
def test_every_pinned_package_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert pins
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
