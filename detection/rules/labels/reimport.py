"""How an export is read again: the ``metadata`` mapping of a source in params.yaml that finds all that was told.

Knows the names under which :mod:`detection.rules.labels.outgoing` tells it.
"""

from __future__ import annotations

from collections.abc import Mapping

from detection.rules.labels.outgoing import CONDITION, fields_of
from detection.rules.labels.samples import Frames

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
