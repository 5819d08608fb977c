"""Faults of what stages hand on: exactly what is said is changed, and nothing beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from detection.outside import documents, files, tables
from detection.outside.dataset import Dataset
from detection.outside.faults import records
from detection.outside.faults.scratch import Scratch
from detection.rules.variants import Variants

VARIANTS = "convert/variants.json"


def test_two_classes_change_names_and_the_others_do_not(place: Scratch) -> None:
    assert "red where it means green" in records.swap_classes(place).told
    assert documents.read_value(Variants, place.data / VARIANTS).classes == ("green", "red", "blue")


def test_a_single_class_has_none_to_change_with(place: Scratch) -> None:
    variants = documents.read_value(Variants, place.data / VARIANTS)
    documents.write_value(place.data / VARIANTS, replace(variants, classes=("red",)))
    assert records.swap_classes(place).obstacle == "there is one class only"


def test_each_variant_gets_the_thresholds_of_another(place: Scratch) -> None:
    path = place.data / "calibrate" / "thresholds.json"
    files.write_json(path, {"fp32": {"cuts": 1}, "int8": {"cuts": 2}})
    assert not records.swap_thresholds(place).obstacle
    assert documents.read_json(path) == {"fp32": {"cuts": 2}, "int8": {"cuts": 1}}


def test_a_single_variant_has_no_other_thresholds(place: Scratch) -> None:
    files.write_json(place.data / "calibrate" / "thresholds.json", {"fp32": {"cuts": 1}})
    assert records.swap_thresholds(place).obstacle == "there is one variant only"


def test_half_of_the_golden_labels_of_one_class_go_and_no_others(place: Scratch) -> None:
    before = Dataset.open(place.data)
    planted = records.remove_labels(place)
    after = Dataset.open(place.data)
    golden = set(before.frames.id[before.chosen("golden")].tolist())
    was, now = (Counter(zip(d.labels.frame, d.labels.label, strict=True)) for d in (before, after))
    lost = Counter(dict.fromkeys(before.labels.label, 0))
    for (frame, label), count in (was - now).items():
        assert frame in golden
        lost[label] += count
    there = Counter(label for frame, label in was.elements() if frame in golden)
    (label,) = +lost
    assert lost[label] == there[label] // 2
    assert there[label] == min(there.values()), "the rarest class: the fault that weighs least"
    assert planted.told.startswith(f"{lost[label]} of {there[label]} labels of {label} in golden")


def test_without_golden_frames_the_test_set_loses_labels(place: Scratch) -> None:
    path = place.data / "split" / "splits.parquet"
    splits = tables.read_columns(path)
    kept = splits["split"] != "golden"
    tables.write_columns(path, {name: column[kept] for name, column in splits.items()})
    assert " in test are removed" in records.remove_labels_unseen(place).told


def test_without_labels_none_can_go(place: Scratch) -> None:
    path = place.data / "agreement" / "labels.parquet"
    tables.write_annotations(path, tables.read_annotations(path).take(np.arange(0)))
    assert records.remove_labels(place).obstacle == "no set that judges has two labels of one class"
