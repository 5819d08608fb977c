"""Stage ``split``: who trains, who judges; does anything leak?

Reads  data/validate/frames.parquet, duplicates.parquet, data/agreement/labelled.parquet
Writes data/split/splits.parquet (frame, split, group), certificate.json, classes.json
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from detection.errors import LeakageError, SplitError
from detection.outside import documents, exits, files, tables
from detection.rules.document import Document
from detection.rules.labels.samples import Assignments, Frames, Strings
from detection.rules.labels.splits import certificate as leakage
from detection.rules.labels.splits import placement as split
from detection.rules.labels.splits.certificate import Audit, Certificate
from detection.rules.spec.labels import Split
from detection.rules.spec.spec import Spec
from detection.rules.spec.units import OpenShare

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


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What is split.

    Attributes:
        frames: every image once.
        duplicates: where and when else the same images were taken; they tie groups together and are not placed.
        labelled: who looked at which frame; frames at which nobody did are left out.
    """

    frames: Frames
    duplicates: Frames
    labelled: Assignments


def run(params: Params, rule: Split, material: Material, lists: Lists | None) -> Placed:
    """Place every labelled frame with its group, and prove by a recount that nothing leaks.

    Raises:
        SplitError: no honest split exists.
        LeakageError: a drawn split leaks, which would be our own fault.
    """
    everything = split.joined(material.frames, material.duplicates)
    labelled = np.isin(everything.id, material.labelled.frame)
    once = (np.arange(len(everything)) < len(material.frames))[labelled]
    everything = everything.take(labelled)
    if not once.any():
        raise SplitError("no labelled frame; label some first")
    group_of = split.groups(everything, rule)
    side_of = _sides(params, everything, group_of, lists)
    audit = _audit(everything, side_of, rule, lists is not None, once)
    rows = np.flatnonzero((side_of != "") & once)
    frames, side_of, group_of = everything.take(rows), side_of[rows], group_of[rows]
    split.enough_groups(group_of, side_of, rule.minimum_groups)
    verified = np.isin(frames.id, material.labelled.frame[material.labelled.verified])
    split_of = split.judging_sets(frames, side_of, verified, rule, params.salt)
    sets = leakage.Sets(frames, split_of, group_of, verified)
    return Placed(frames.id, split_of, group_of, leakage.certify(sets, rule, params.salt, audit))


def _sides(params: Params, frames: Frames, group_of: Strings, lists: Lists | None) -> Strings:
    if lists is not None:
        return split.official(frames.name, lists)
    return split.place(group_of, split.Shares(params.train, params.val, params.test), params.salt)


def _audit(frames: Frames, side_of: Strings, rule: Split, official: bool, once: NDArray[np.bool_]) -> Audit:
    placed = np.asarray(side_of != "", bool)
    found = leakage.crossings(frames.take(placed), side_of[placed], rule.keys, rule.time_window_s)
    if found and not official:
        raise LeakageError("the split was drawn wrongly, which is our fault: do not use it", found[: leakage.SHOWN])
    return Audit(official, int(np.count_nonzero(once & ~placed)), tuple(found))


def main() -> None:
    """Read the accepted frames, place them, write the split and its certificate."""
    params = documents.read_document(Params, Path("params.yaml"), section="split")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    material = Material(
        tables.read_frames(VALIDATE / "frames.parquet"),
        tables.read_frames(VALIDATE / "duplicates.parquet"),
        tables.read_assignments(AGREEMENT / "labelled.parquet"),
    )
    lists = None if params.lists is None else {n: files.read_lines(Path(params.lists) / f"{n}.txt") for n in LISTS}
    placed = run(params, spec.split, material, lists)
    out = files.empty_folder(OUT)
    columns = {"frame": placed.frame, "split": placed.split_of, "group": placed.group_of}
    tables.write_columns(out / "splits.parquet", columns)
    documents.write_value(out / "certificate.json", placed.certificate)
    files.write_json(out / "classes.json", [c.id for c in spec.classes])
    counts = ", ".join(f"{s.set} {s.frames}" for s in placed.certificate.sets)
    print(f"split: {counts} frames in {placed.certificate.groups} groups; {placed.certificate.statement}")


if __name__ == "__main__":
    exits.run(main)
