"""Targets: what each engine computes in, what shape a camera gives the input, when two agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import DocumentError
from detection.outside import documents
from detection.outside.targets import read_targets
from detection.rules.spec import targets
from detection.rules.spec.targets import Camera, Target

ROOT = Path(__file__).parents[2]
PLAIN = (ROOT / "specs/targets/cpu-plain.yaml").read_text(encoding="utf-8")


def written(folder: Path, name: str, **changes: str) -> Path:
    """One target's file, with some lines changed."""
    lines = []
    for line in PLAIN.splitlines():
        key = line.split(":")[0]
        lines.append(f"{key}: {changes[key]}" if key in changes else f"id: {name}" if key == "id" else line)
    path = folder / f"{name}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        (None, (640, 640)),
        (Camera(width=1920, height=1080), (640, 384)),
        (Camera(width=1080, height=1920), (384, 640)),
        (Camera(width=640, height=480), (640, 480)),
        (Camera(width=4000, height=10), (640, 32)),
    ],
    ids=["square", "wide", "tall", "4:3", "a line"],
)
def test_the_input_has_the_cameras_aspect(camera: Camera | None, expected: tuple[int, int]) -> None:
    assert targets.input_size(camera, 640) == expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"engine": "onnxruntime", "precision": "fp16"}, "computes in fp32, int8"),
        ({"engine": "tensorrt-rtx"}, "give the card's compute capability"),
        ({"compute_capability": '"8.6"'}, "must be null"),
        ({"engine": "tensorrt", "precision": "bf16"}, "computes in fp32, fp16, int8"),
    ],
)
def test_what_an_engine_cannot_do_is_refused(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        documents.read_document(Target, written(tmp_path, "one", **changes))


def test_targets_that_call_other_things_by_one_name_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "one")
    written(tmp_path, "two", precision="int8")
    with pytest.raises(DocumentError, match="give it another name"):
        read_targets(tmp_path)


def test_a_device_that_builds_for_itself_may_share_the_plain_model_and_no_other(tmp_path: Path) -> None:
    """In 32 bits it is the same file; in eight bits TensorRT has a manner of its own."""
    written(tmp_path, "one")
    written(tmp_path, "two", engine="tensorrt", machine="aarch64")
    assert len(read_targets(tmp_path)) == 2
    written(tmp_path, "three", variant="int8", precision="int8")
    written(tmp_path, "four", variant="int8", precision="int8", engine="tensorrt", machine="aarch64")
    with pytest.raises(DocumentError, match="give it another name"):
        read_targets(tmp_path)


def test_without_a_reference_nothing_can_be_compared(tmp_path: Path) -> None:
    written(tmp_path, "one", variant="int8", precision="int8")
    with pytest.raises(DocumentError, match="no target runs fp32"):
        read_targets(tmp_path)


def test_the_examples_are_targets_and_go_together_with_the_default_ones(tmp_path: Path) -> None:
    for path in [*(ROOT / "specs/targets").glob("*.yaml"), *(ROOT / "specs/targets/examples").glob("*.yaml")]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    found = read_targets(tmp_path)
    assert targets.is_reference(found[0])
    assert {target.engine for target in found} == {"onnxruntime", "openvino", "tensorrt", "tensorrt-rtx"}
