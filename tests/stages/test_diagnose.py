"""The stage tells of what evaluate saw, on disk, and refuses what nobody judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.errors import LabelsError
from detection.outside import documents, tables
from detection.outside.dataset import Dataset
from detection.rules.judging.errors.case import Learned
from detection.rules.judging.errors.confusion import ConfusionSheet
from detection.rules.judging.errors.sheet import ErrorSheet
from detection.rules.judging.errors.taxonomy import KINDS
from detection.rules.judging.scores.observations import FrameFacts, Observations, joined
from detection.rules.spec.spec import Spec
from detection.stages import diagnose
from detection.stages.diagnose import Asked, Judged, Params, Result
from tests import examples_dataset
from tests.examples_errors import EXTENT, every_kind, observations
from tests.examples_models import CLASSES

ROOT = Path(__file__).parents[2]
SPEC = documents.read_document(Spec, ROOT / "specs/spec.yaml")
ASKED = Asked(SPEC.classes, SPEC.judging, SPEC.output.suppression_iou)
PARAMS = Params(minimum_errors=3, suspicions=5, likely=0.5, sure=0.85)
FRAMES = 8


def facts(set_name: str = "test") -> FrameFacts:
    """Eight frames, each a group of its own."""
    names = np.array([f"f{i}" for i in range(FRAMES)], object)
    lighting = np.where(np.arange(FRAMES) % 2 == 0, "dusk", "bright").astype(object)
    conditions = {"lighting": lighting, "crowding": np.full(FRAMES, "sparse", object)}
    return FrameFacts(names, names, names, np.full(FRAMES, set_name, object), conditions)


def judged(seen: Observations | None = None) -> Judged:
    """The example with every kind; its classes are the spec's first two."""
    labels = [c.id for c in SPEC.classes]
    made = observations(every_kind(), facts(), labels) if seen is None else seen
    learned = Learned(np.zeros(0, np.int64), {name: np.zeros(0, object) for name in facts().conditions})
    return Judged(made, facts(), np.full((FRAMES, 2), EXTENT), learned)


@pytest.fixture(scope="module")
def result() -> Result:
    return diagnose.run(PARAMS, ASKED, judged())


def test_every_slice_has_rows_and_a_table(result: Result) -> None:
    slices = {"all", "lighting=bright", "lighting=dusk", "crowding=sparse"}
    slices |= {f"lighting={light},crowding=sparse" for light in ("bright", "dusk")}
    assert {row.slice for row in result.diagnosis.sheet.rows} == slices
    assert {table.slice for table in result.diagnosis.confusions.tables} == slices


def test_conditions_add_up_to_the_whole(result: Result) -> None:
    sheet = result.diagnosis.sheet
    for number, kind in enumerate(KINDS):
        parts = [sheet.of("fp32", "test", part=f"lighting={light}")[number] for light in ("bright", "dusk")]
        whole = sheet.of("fp32", "test")[number]
        assert (whole.kind, whole.shown) == (kind, sum(part.shown for part in parts))


def test_advice_is_given_on_what_is_frequent_enough(result: Result) -> None:
    given = {(one.kind, one.label, one.slice) for one in result.diagnosis.sheet.advice}
    assert {kind for kind, _, _ in given} == {"missed"}
    assert ("missed", "every", "all") in given
    row = result.diagnosis.sheet.worst("fp32", "test")
    assert row is not None
    assert result.diagnosis.sheet.advised(row) is not None


def test_what_is_written_is_what_is_read(result: Result, tmp_path: Path) -> None:
    labels = [c.id for c in SPEC.classes]
    diagnose.write(tmp_path, result, facts(), labels)
    assert documents.read_value(ErrorSheet, tmp_path / "errors.json") == result.diagnosis.sheet
    assert documents.read_value(ConfusionSheet, tmp_path / "confusion.json") == result.diagnosis.confusions
    errors = tables.read_columns(tmp_path / "errors.parquet")
    assert sorted(errors["frame"]) == ["f0", "f1", "f2", "f2", "f3", "f4", "f5", "f6"]
    suspicions = tables.read_columns(tmp_path / "suspicions.parquet")
    assert list(suspicions["kind"]) == ["badly placed", "swapped"]
    assert (suspicions["label"][1], suspicions["suggested"][1]) == (labels[0], labels[1])


def test_the_order_of_observations_does_not_matter(result: Result) -> None:
    seen = judged().seen
    order = np.random.default_rng(0).permutation(len(seen))
    assert diagnose.run(PARAMS, ASKED, judged(seen.take(order))).diagnosis.sheet == result.diagnosis.sheet


def test_every_variant_is_told_of_alone() -> None:
    seen = judged().seen
    other = replace(seen, variant=np.full(len(seen), "int8", object)).take(seen.kind == "object")
    told = diagnose.run(PARAMS, ASKED, judged(joined([seen, other]))).diagnosis.sheet
    missed = [row.shown for row in told.of("int8", "test") if row.kind == "missed"]
    assert missed == [7]
    assert {row.count for row in told.of("int8", "test") if row.kind == "false positives"} == {0}


def test_one_line_says_what_is_lost_most(result: Result) -> None:
    line = diagnose.summary(result.diagnosis.sheet, "fp32")
    assert line == "fp32 test: most is lost by missed errors (3 shown, +0.303 F1 if mended)"


@pytest.mark.parametrize("column", ["frame", "label"])
def test_what_nobody_judged_is_refused(column: str) -> None:
    seen = judged().seen
    strange = getattr(seen, column).copy()
    strange[0] = "unheard-of"
    changed = replace(seen, **{column: strange})
    with pytest.raises(LabelsError, match=r"observations.parquet: (frame|class) 'unheard-of' is not known"):
        diagnose.run(PARAMS, ASKED, judged(changed))


def test_nothing_judged_is_refused() -> None:
    nothing = judged().seen.take(np.zeros(0, np.int64))
    with pytest.raises(LabelsError, match="nothing was judged"):
        diagnose.run(PARAMS, ASKED, judged(nothing))


def test_training_counts_and_judging_sets_do_not(tmp_path: Path) -> None:
    dataset = Dataset.open(examples_dataset.write(tmp_path, {"train": 6, "test": 6}))
    learned = diagnose.learned(dataset, CLASSES)
    in_train = np.isin(dataset.labels.frame, dataset.frames.id[dataset.chosen("train")])
    assert len(learned.label) == int(in_train.sum())
    assert set(learned.conditions) == set(dataset.frames.conditions)
