"""One stage, one module, one section, one folder; and DVC is told everything a result depends on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from detection.rules.spec.spec import ENFORCED_BY
from tests.house import closures
from tests.house.closures import ROOT, SPEC

ORDER = (
    "collect", "validate", "agreement", "split", "sanity", "train", "convert", "profile", "calibrate", "evaluate",
    "diagnose", "parity", "gate", "report", "track", "bundle", "register",
)  # fmt: skip
STAGES = sorted(closures.stages())
KNOWN_OUTPUTS = {"bundle": "export/bundle"}
TABLES_OF_THE_DATASET = (
    "data/agreement/labelled.parquet",
    "data/agreement/labels.parquet",
    "data/collect/shards",
    "data/split/splits.parquet",
    "data/validate/frames.parquet",
)
"""What ``Dataset.open`` reads."""


def test_the_stages_stand_in_the_order_in_which_people_read_them() -> None:
    assert tuple(closures.stages()) == ORDER


def test_every_module_of_the_floor_is_a_stage() -> None:
    modules = {path.stem for path in (ROOT / "detection" / "stages").glob("[a-z]*.py")}
    assert modules == set(STAGES), "a module of detection/stages and a stage of dvc.yaml go together"


def test_the_sections_of_params_are_the_stages_in_their_order() -> None:
    sections = list(closures._yaml().load(ROOT / "params.yaml"))
    assert [name for name in ORDER if name in sections] == list(ORDER)
    assert set(sections) == set(ORDER)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_its_module_its_section_and_its_folder(stage: str) -> None:
    entry = closures.stages()[stage]
    assert entry["cmd"] == f"python -m detection.stages.{stage}"
    assert stage in entry["params"]
    assert closures.output_of(stage) == KNOWN_OUTPUTS.get(stage, f"data/{stage}")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_params_run_and_main(stage: str) -> None:
    tree = ast.parse(closures.source_of(stage).read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    assert {"Params", "run", "main"} <= names
    said = (ast.get_docstring(tree) or "").split()
    assert "Reads" in said, "the docstring says what the stage reads"
    assert "Writes" in said, "the docstring says what the stage writes"


@pytest.mark.parametrize("stage", STAGES)
def test_dvc_knows_every_module_that_a_stage_can_reach(stage: str) -> None:
    needed, declared = set(closures.code_needed(stage)), set(closures.code_declared(stage))
    missing, idle = sorted(needed - declared), sorted(declared - needed)
    assert not missing and not idle, (  # noqa: PT018
        f"dvc.yaml: {stage}: deps: add {missing}, remove {idle}; `make deps` does both"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_dvc_knows_every_section_of_the_spec_that_a_stage_reads(stage: str) -> None:
    needed, declared = closures.sections_needed(stage), closures.sections_declared(stage)
    assert needed == declared, (
        f"dvc.yaml: {stage}: params: {SPEC}: expected {needed}, found {declared}; run `make deps`"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_dvc_knows_the_data_that_a_stage_reads(stage: str) -> None:
    declared = [str(d) for d in closures.stages()[stage]["deps"] if not closures.is_ours(str(d))]
    unknown = [name for name in closures.data_named(stage) if not _covered(name, declared)]
    assert not unknown, f"dvc.yaml: {stage}: deps: add {unknown}, which the stage's source names"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_opens_the_dataset_depends_on_its_tables(stage: str) -> None:
    if "Dataset.open" in closures.source_of(stage).read_text():
        declared = [str(d) for d in closures.stages()[stage]["deps"]]
        missing = [name for name in TABLES_OF_THE_DATASET if not _covered(name, declared)]
        assert not missing, f"dvc.yaml: {stage}: deps: add {missing}, which Dataset.open reads"


def test_every_dependency_on_data_is_some_stages_output() -> None:
    for name, entry in closures.stages().items():
        for dependency in map(str, entry["deps"]):
            if dependency.startswith("data/"):
                earlier = ORDER[: ORDER.index(name)]
                assert Path(dependency).parts[1] in earlier, f"{name} depends on {dependency}, made by no earlier stage"


@pytest.mark.parametrize("section", sorted(ENFORCED_BY))
def test_a_section_said_to_be_enforced_is_read_by_whoever_enforces_it(section: str) -> None:
    for stage in ENFORCED_BY[section].split(", "):
        if stage.startswith("detection "):
            command = stage.removeprefix("detection ").replace(" ", ".")
            reachable = closures.code_reached(f"detection.commands.{command}")
            assert any(f"spec.{section}" in path.read_text() for path in reachable), f"{stage} never reads {section!r}"
            continue
        assert section in closures.sections_declared(stage), (
            f"rules/spec/spec.py says that {stage} enforces {section!r}; dvc.yaml does not let it read that section"
        )


def _covered(name: str, declared: list[str]) -> bool:
    """Whether a dependency names the file, a folder above it, or a file inside it."""
    return any(name == d or name.startswith(f"{d}/") or d.startswith(f"{name}/") for d in declared)
