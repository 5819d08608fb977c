"""What is told of one run of the pipeline to whoever tracks experiments: parameters, figures, curves, digests.

Values only; nothing here knows a tracker. A record follows from the pipeline's outputs alone, so that the same run has
the same record, and its digest names it: a tracker that has it already is not told twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from pydantic import ConfigDict

from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.field.retrain.evidence import STRICT


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter or a fact, by its name."""

    name: str
    value: str

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class Point:
    """One figure; ``step`` is the epoch of a curve and 0 of everything else."""

    name: str
    step: int
    value: float

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of the pipeline.

    Attributes:
        experiment: name of the product.
        settings: every parameter, flattened: ``train.epochs``.
        points: figures and curves.
        facts: verdict, commit, digests of data, code and models: what a run is found by.
        files: that go with it, relative to the workspace, and their digests.
    """

    experiment: str
    settings: tuple[Setting, ...]
    points: tuple[Point, ...]
    facts: tuple[Setting, ...]
    files: tuple[Digest, ...]

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    @property
    def digest(self) -> str:
        """SHA-256 of its canonical JSON, lower-case hex."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, allow_nan=False).encode()).hexdigest()


def settings_of(parameters: Mapping[str, object]) -> tuple[Setting, ...]:
    """Flatten nested parameters: names joined by dots, lists as JSON, in the order of their names."""
    return tuple(sorted(_flat("", parameters), key=lambda one: one.name))


def _flat(prefix: str, value: object) -> Iterator[Setting]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else str(name), inner)
    else:
        yield Setting(prefix, value if isinstance(value, str) else json.dumps(value, sort_keys=True))


def figures_of(metrics: Mapping[str, Mapping[str, Mapping[str, float]]]) -> tuple[Point, ...]:
    """``data/evaluate/metrics.json``: variant, set, metric; named ``int8/golden/recall``."""
    return tuple(
        Point(f"{variant}/{judged}/{name}", 0, value)
        for variant, sets in sorted(metrics.items())
        for judged, figures in sorted(sets.items())
        for name, value in sorted(figures.items())
    )


def curves_of(rows: Sequence[Mapping[str, str]]) -> tuple[Point, ...]:
    """``data/train/history.csv``: a column a curve, a row an epoch; an empty cell has no point."""
    return tuple(
        Point(f"train/{name}", int(row["epoch"]), float(value))
        for row in rows
        for name, value in sorted(row.items())
        if name != "epoch" and value
    )


def facts_of(lineage: Lineage, verdict: str) -> tuple[Setting, ...]:
    """What a run is found by."""
    digests = (
        *(("data", one) for one in lineage.data),
        *(("configuration", one) for one in lineage.configuration),
        *(("model", one) for one in lineage.models),
    )
    return (
        Setting("verdict", verdict),
        Setting("commit", lineage.commit or "none"),
        Setting("changed", "yes" if lineage.changed else "no"),
        Setting("code", lineage.code),
        Setting("data", data_digest(lineage)),
        Setting("seed", str(lineage.seed)),
        *(Setting(f"{kind}.{one.name}", one.sha256) for kind, one in digests),
    )


def data_digest(lineage: Lineage) -> str:
    """One digest over all data of a model: SHA-256 over its sorted ``<sha256>  <name>`` lines."""
    lines = sorted(f"{one.sha256}  {one.name}\n" for one in lineage.data)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
