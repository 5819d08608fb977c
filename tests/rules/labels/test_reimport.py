"""The mapping that an export prints finds again what it told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import yaml

from detection.rules.labels import outgoing, reimport
from detection.rules.labels.intake import context
from detection.rules.labels.intake.context import Told
from detection.rules.labels.intake.mapping import Mapping
from tests.examples_labels import collected, said


@pytest.mark.parametrize("table", ["", "frames.csv"])
def test_camera_scene_time_and_conditions_come_back(table: str) -> None:
    """From the label file's fields or from the table beside it, read by the very code that reads a source."""
    made = collected([said("anna")]).frames
    moment, day = np.array(["2025-01-01T10:00:00.5"], "datetime64[us]"), np.array(["2030-02-03"], "datetime64[D]")
    frames = replace(made, captured_at=moment, retain_until=day, conditions={"lighting": np.array(["dim"], object)})
    lines = reimport.mapping_lines(frames, table, "file_name")
    places = Mapping.model_validate(yaml.safe_load("\n".join(lines))["metadata"])
    fields = outgoing.fields_of(frames, 0)
    told = Told("a.jpg", {}, fields if table else {}, {} if table else fields)
    found = context.context_of(told, places, {})
    assert (found.camera, found.scene, found.conditions) == ("cam-0", "s-0", {"lighting": "dim"})
    assert found.captured_at is not None
    assert found.captured_at.isoformat() == "2025-01-01T10:00:00.500000+00:00"
    assert str(found.retain_until) == "2030-02-03"


def test_what_nobody_told_is_not_asked_for() -> None:
    made = collected([said("anna")]).frames
    blank = np.array([""], object)
    assert reimport.mapping_lines(replace(made, camera=blank, scene=blank, conditions={}), "", "") == ["metadata: {}"]


def test_who_answered_by_which_guideline_is_told_where_the_format_does_not() -> None:
    """One name and one version go into params.yaml; several versions are at least said."""
    alone = collected([said("anna")]).assignments
    assert reimport.source_lines(alone, told=False) == ["annotator: anna", 'guideline_version: "1"']
    assert reimport.source_lines(alone, told=True) == []
    both = collected([said("anna"), said("bert")]).assignments
    lines = reimport.source_lines(replace(both, guideline=np.array(["1", "2"], object)), told=False)
    assert lines == ["# guideline_version: 1, 2 were followed; this format tells none of them"]
