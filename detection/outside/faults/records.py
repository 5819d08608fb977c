"""Faults of what stages hand on: class lists, thresholds, labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detection.outside import documents, files, tables
from detection.outside.faults.planting import Planted, not_planted
from detection.outside.faults.scratch import Scratch
from detection.rules.labels.membership import among
from detection.rules.variants import Variants

JUDGING_SETS = ("golden", "test", "challenge")
"""The first that holds frames loses labels."""


def swap_classes(place: Scratch) -> Planted:
    """The class list that goes with the model names the first two classes the wrong way round."""
    path = place.data / "convert" / "variants.json"
    variants = documents.read_value(Variants, path)
    if len(variants.classes) < 2:
        return not_planted("there is one class only")
    first, second, *others = variants.classes
    documents.write_value(path, replace(variants, classes=(second, first, *others)))
    return Planted(f"the model's class list names {first} where it means {second}, and {second} where it means {first}")


def swap_thresholds(place: Scratch) -> Planted:
    """Each variant gets the thresholds of the one before it."""
    path = place.data / "calibrate" / "thresholds.json"
    entries = documents.read_json(path)
    names = list(entries)
    if len(names) < 2:
        return not_planted("there is one variant only")
    given = dict(zip(names, [names[-1], *names[:-1]], strict=True))
    files.write_json(path, {name: entries[other] for name, other in given.items()})
    return Planted("; ".join(f"the thresholds of {other} cut {name}" for name, other in given.items()))


def remove_labels(place: Scratch) -> Planted:
    """Labels that judge are gone after the thresholds were chosen."""
    return _after(_remove(place), "after the thresholds were chosen")


def remove_labels_unseen(place: Scratch) -> Planted:
    """Labels that judge were never there: thresholds and digests know no others."""
    return _after(_remove(place), "from the very beginning")


def _after(planted: Planted, when: str) -> Planted:
    return planted if planted.obstacle else replace(planted, told=f"{planted.told}, {when}")


def _remove(place: Scratch) -> Planted:
    """Take out every second label of the rarest class of the golden set: the class on which it weighs least."""
    splits = tables.read_columns(place.data / "split" / "splits.parquet")
    path = place.data / "agreement" / "labels.parquet"
    labels = tables.read_annotations(path)
    for name in JUDGING_SETS:
        inside = among(labels.frame, splits["frame"][splits["split"] == name])
        classes, counts = np.unique(labels.label[inside].astype(str), return_counts=True)
        if counts.max(initial=0) < 2:
            continue
        rarest = str(classes[np.argmin(np.where(counts > 1, counts, np.iinfo(np.int64).max))])
        rows = np.flatnonzero(inside & (labels.label == rarest))
        kept = np.ones(len(labels), bool)
        kept[rows[1::2]] = False
        tables.write_annotations(path, labels.take(np.flatnonzero(kept)))
        return Planted(f"{len(rows[1::2])} of {len(rows)} labels of {rarest} in {name} are removed")
    return not_planted("no set that judges has two labels of one class")
