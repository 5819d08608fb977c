"""How an export is read again: what a source in params.yaml must say so that all that was told is found.

Knows the names under which :mod:`detection.rules.labels.outgoing` tells it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from detection.rules.labels.outgoing import CONDITION, fields_of
from detection.rules.labels.samples import Assignments, Frames

_VALUES = ("site", "camera", "scene", "captured_at", "retain_until")


def mapping_lines(frames: Frames, table: str, key: str) -> list[str]:
    """Lines of YAML, ready for params.yaml; what no frame tells is left out.

    Args:
        frames: what is exported.
        table: the CSV in which everything stands; ``""`` if the label files hold it.
        key: its column of file names.
    """
    told: Mapping[str, str] = {}
    for row in range(len(frames)):
        told = {**told, **fields_of(frames, row)}
    kind = "column" if table else "field"
    lines = [f"  table: {{path: {table}, key: {key}}}"] if table else []
    lines += [f"  {name}: [{{{kind}: {name}}}]" for name in _VALUES if name in told]
    conditions = [name.removeprefix(CONDITION) for name in told if name.startswith(CONDITION)]
    lines += ["  conditions:"] if conditions else []
    lines += [f"    {name}: {{places: [{{{kind}: {CONDITION}{name}}}]}}" for name in sorted(conditions)]
    return ["metadata:", *lines] if lines else ["metadata: {}"]


def source_lines(said: Assignments, told: bool) -> list[str]:
    """Lines of YAML about who answered by which guideline; nothing where the label files hold it.

    Args:
        said: the answers that are exported.
        told: the label files name annotators and guidelines.
    """
    people, versions = (sorted(set(map(str, column.tolist()))) for column in (said.annotator, said.guideline))
    if told or not people:
        return []
    single = [f"annotator: {people[0]}"] if len(people) == 1 else []
    if len(versions) > 1:
        return [*single, f"# guideline_version: {', '.join(versions)} were followed; this format tells none of them"]
    return [*single, *(f"guideline_version: {json.dumps(version)}" for version in versions if version)]
