"""The specification's models: what a spec may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import DocumentError
from detection.outside.documents import read_document
from detection.rules.spec.spec import ENFORCED_BY, Spec, declared_only

DEFAULT = Path(__file__).parents[2] / "specs" / "spec.yaml"


def _faults(folder: Path, *changes: tuple[str, str]) -> tuple[str, ...]:
    text = DEFAULT.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "spec.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as caught:
        read_document(Spec, path)
    return caught.value.faults


def test_the_default_spec_is_valid() -> None:
    """The spec we ship is the first example a newcomer reads."""
    assert read_document(Spec, DEFAULT).class_ids() == ["box", "polybag", "tube"]


def test_every_fault_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    """Mending a spec one fault a run is how people give up on specs."""
    faults = _faults(
        tmp_path, ("agreement_floor: 0.85", "agreement_flor: 0.85"), ("minimum_size_px: 10", "minimum_size_px: 10 px")
    )
    lines = DEFAULT.read_text().splitlines()
    misspelt = 1 + next(i for i, line in enumerate(lines) if "agreement_floor" in line)
    assert len(faults) == 3
    assert any(f":{misspelt}: labelling.agreement_flor: unknown key" in fault for fault in faults)
    assert any("labelling.agreement_floor: is missing" in fault for fault in faults)
    assert any("classes.0.minimum_size_px" in fault and "'10 px'" in fault for fault in faults)


def test_contradictions_name_the_line_of_each(tmp_path: Path) -> None:
    """A name mistyped in the last section is found there, not at the top of the file."""
    faults = _faults(tmp_path, ("label: tube", "label: tub"), ("lighting: [dusk]", "lighting: [dawn]"))
    lines = DEFAULT.read_text().splitlines()
    places = [
        1 + next(i for i, line in enumerate(lines) if words in line) for words in ("label: tube", "[dusk]}, metric")
    ]
    assert [int(fault.split(":")[1]) for fault in faults] == places


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param(
            "agreement_floor: 0.85", "agreement_floor: 85", "less than or equal to 1", id="percent for a share"
        ),
        pytest.param("agreement_floor: 0.85", "agreement_floor: .nan", "finite", id="not a number"),
        pytest.param(
            "minimum_groups: {train: 6", "minimum_groups: {train: -6", "greater than or equal to 1", id="negative count"
        ),
        pytest.param("label: tube", "label: tub", "'tub'", id="class that is not declared"),
        pytest.param("lighting: [dusk]", "lighting: [dawn]", "'dawn'", id="condition value that is not declared"),
        pytest.param("balance_by: crowding", "balance_by: weather", "'weather'", id="condition that is not declared"),
        pytest.param("- id: polybag", "- id: box", "declared twice", id="one class twice"),
        pytest.param("- id: polybag", "- id: ../polybag", "pattern", id="path in a name"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    """A limit in the wrong unit, or on a class nobody declared, would be a gate that cannot fail."""
    assert any(words in fault for fault in _faults(tmp_path, (old, new)))


def test_every_section_is_either_enforced_or_said_not_to_be() -> None:
    """The report may not claim more than is checked."""
    sections = set(Spec.model_fields) - {"version", "name"}
    assert set(ENFORCED_BY) | set(declared_only()) == sections
    assert not set(ENFORCED_BY) & set(declared_only())
