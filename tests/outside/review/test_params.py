"""A new source in params.yaml: its lines and no others, whatever the file looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.outside.documents import read_document
from detection.outside.review import params
from detection.outside.review.params import Collect, NewSource, ParamsError

ROOT = Path(__file__).parents[3]
LINES = (
    "id: review-0123456789abcdef   # queue-1, reviewed by reviewer-1", "origin: scenes", "format: cvat",
    'path: "reviewed/review-0123456789abcdef"', "images: present", "annotator: reviewer-1", "annotators: {}",
    'guideline_version: "1"', "class_names: {}", "empty_names: []", "boxes_follow: displayed", "keep: null",
    "keep_metadata: []", "metadata:", "  camera: [{field: camera}]",
)  # fmt: skip
NEW = NewSource("review-0123456789abcdef", LINES)
FILES = [ROOT / "params.yaml", *sorted((ROOT / "specs" / "examples").glob("*/params.yaml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.parent.name)
def test_the_files_of_the_house_keep_every_line(tmp_path: Path, file: Path) -> None:
    """Comments, order and spaces are people's: a program that adds a source must not touch them."""
    path = tmp_path / "params.yaml"
    path.write_bytes(file.read_bytes())
    before = read_document(Collect, path, section="collect")
    assert params.add(path, NEW)
    after = read_document(Collect, path, section="collect")
    assert after.sources[:-1] == before.sources
    assert after.sources[-1].id == NEW.id
    left = [
        line
        for line in path.read_text().splitlines()
        if line.strip().removeprefix("- ") not in {*LINES, LINES[-1].strip()}
    ]
    assert set(left) <= set(file.read_text().splitlines())
    assert len(path.read_text().splitlines()) == len(file.read_text().splitlines()) + len(LINES)


def test_a_source_that_stands_there_is_not_added_again(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(FILES[0].read_bytes())
    params.add(path, NEW)
    first = path.read_bytes()
    assert not params.add(path, NEW)
    assert path.read_bytes() == first


def test_a_file_without_a_last_line_end_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    text = FILES[0].read_text()
    section = text[text.index("collect:") : text.index("validate:")].rstrip("\n")
    path.write_text(section)
    params.add(path, NEW)
    assert len(read_document(Collect, path, section="collect").sources) == 2


def test_a_list_on_one_line_is_left_alone_and_the_entry_is_told(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    text = FILES[0].read_text()
    head = text[text.index("collect:") : text.index("  sources:")]
    scenes = "{seed: 7, cameras: 2, frames: 8, width: 64, height: 64, annotators: 2, verified_share: 0.5, workers: 1}"
    path.write_text(f"{head}  sources: [{{id: a, origin: scenes, format: scenes, scenes: {scenes}}}]\n")
    before = path.read_bytes()
    with pytest.raises(ParamsError, match="add this entry, then close again:\n    - id: review-0123456789abcdef"):
        params.add(path, NEW)
    assert path.read_bytes() == before
