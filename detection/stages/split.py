"""Stage ``split``: who trains, who judges; does anything leak?

Reads  data/validate/frames.parquet, data/agreement/labelled.parquet
Writes data/split/splits.parquet (frame, split, group), certificate.json, classes.json
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from detection.errors import LeakageError, SplitError
from detection.outside import documents, exits, files, tables
from detection.rules.document import Document
from detection.rules.labels import leakage, split
from detection.rules.labels.leakage import Certificate
from detection.rules.labels.samples import Assignments, Frames, Strings
from detection.rules.spec import OpenShare, Spec, Split

VALIDATE = Path("data/validate")
AGREEMENT = Path("data/agreement")
OUT = Path("data/split")
LISTS = (split.TRAIN, split.VAL, split.TEST)


class Params(Document):
    """Section ``split`` of params.yaml."""

    salt: str
    """Makes the placing of groups ours; another salt is another split."""
    train: OpenShare
    val: OpenShare
    test: OpenShare
    lists: str | None
    """Folder with train.txt, val.txt and test.txt: a split somebody brought, audited instead of drawn."""

    @model_validator(mode="after")
    def _shares_must_sum_to_one(self) -> Params:
        total = self.train + self.val + self.test
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"train, val and test sum to {total:g}; expected 1 (shares, not percent)")
        return self


Lists = Mapping[str, Sequence[str]]
"""``train``, ``val`` and ``test`` to frame names."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """What the stage writes: ``frame``, ``split_of`` and ``group_of`` are ``(n,)``, ordered by frame."""

    frame: Strings
    split_of: Strings
    group_of: Strings
    certificate: Certificate


def run(params: Params, rule: Split, frames: Frames, labelled: Assignments, lists: Lists | None) -> Placed:
    """Place every labelled frame with its group, and prove by a recount that nothing leaks.

    Raises:
        SplitError: no honest split exists.
        LeakageError: a drawn split leaks, which would be our own fault.
    """
    frames = frames.take(np.isin(frames.id, labelled.frame))
    if not len(frames):
        raise SplitError("no labelled frame; label some first")
    group_of = split.groups(frames, rule)
    if lists is None:
        side_of = split.place(group_of, split.Shares(params.train, params.val, params.test), params.salt)
    else:
        side_of = split.official(frames.name, lists)
    placed = np.flatnonzero(side_of != "")
    unplaced = len(frames) - len(placed)
    frames, side_of, group_of = frames.take(placed), side_of[placed], group_of[placed]
    split.enough_groups(group_of, side_of, rule.minimum_groups)
    verified = np.isin(frames.id, labelled.frame[labelled.verified])
    split_of = split.judging_sets(frames, side_of, verified, rule, params.salt)
    certificate = _certificate(params, rule, _Sets(frames, split_of, group_of, verified), lists is not None, unplaced)
    return Placed(frames.id, split_of, group_of, certificate)


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    frames: Frames
    split_of: Strings
    group_of: Strings
    verified: NDArray[np.bool_]


def _certificate(params: Params, rule: Split, sets: _Sets, official: bool, unplaced: int) -> Certificate:
    side_of = leakage.sides(sets.split_of)
    found = leakage.crossings(sets.frames, side_of, rule.keys, rule.time_window_s)
    said = leakage.statement(len(found), official, rule.keys, rule.time_window_s)
    if found and not official:
        raise LeakageError(f"{said}; the split was drawn wrongly: do not use it", found[: leakage.SHOWN])
    on_side = Counter(side for side, _ in set(zip(side_of, sets.group_of, strict=True)))
    return Certificate(
        statement=said,
        salt=params.salt,
        official=official,
        keys=tuple(rule.keys),
        time_window_s=rule.time_window_s,
        groups=len(set(sets.group_of)),
        groups_of_side={side: on_side[side] for side in (split.TRAIN, split.VAL, split.JUDGING)},
        unplaced_frames=unplaced,
        crossings=len(found),
        crossing_examples=tuple(found[: leakage.SHOWN]),
        sets=leakage.set_counts(sets.frames, sets.split_of, sets.group_of, sets.verified),
    )


def main() -> None:
    """Read the accepted frames, place them, write the split and its certificate."""
    params = documents.read_document(Params, Path("params.yaml"), section="split")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    frames = tables.read_frames(VALIDATE / "frames.parquet")
    labelled = tables.read_assignments(AGREEMENT / "labelled.parquet")
    lists = None if params.lists is None else {n: files.read_lines(Path(params.lists) / f"{n}.txt") for n in LISTS}
    placed = run(params, spec.split, frames, labelled, lists)
    out = files.empty_folder(OUT)
    columns = {"frame": placed.frame, "split": placed.split_of, "group": placed.group_of}
    tables.write_columns(out / "splits.parquet", columns)
    documents.write_value(out / "certificate.json", placed.certificate)
    files.write_json(out / "classes.json", [c.id for c in spec.classes])
    counts = ", ".join(f"{s.set} {s.frames}" for s in placed.certificate.sets)
    print(f"split: {counts} frames in {placed.certificate.groups} groups; {placed.certificate.statement}")


if __name__ == "__main__":
    exits.run(main)
