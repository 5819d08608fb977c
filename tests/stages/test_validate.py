"""Validate: findings are written, and some of them stop the run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from detection.errors import LabelsError, SourceError
from detection.outside import documents, html, tables
from detection.outside.exits import status_of
from detection.outside.shards import ShardWriter
from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.findings.kinds import KINDS
from detection.rules.labels.intake.arrivals import Answer, Rejected, Tables
from detection.rules.labels.intake.collection import Collection
from detection.stages import collect, validate
from detection.stages.validate import Validated
from tests.examples_findings import marked, measured
from tests.examples_labels import SPEC, Box, collected, jpeg, said

ROOT = Path(__file__).parents[2]
GOOD: Box = ("box", 8, 8, 25, 25)
WHOLE = ("coverage", "imbalance", "unlabelled")


def _collection(*rejected: Rejected) -> Collection:
    return Collection("voc", "scenes", "0" * 64, 1, 1, ("ann-1",), rejected)


def _validated(made: Tables, *rejected: Rejected) -> Validated:
    return validate.run(made, measured(made.frames), _collection(*rejected), SPEC)


def _refuse(made: Tables, *rejected: Rejected, share: float = 0.02) -> None:
    validate.refuse(_validated(made, *rejected), made, _collection(*rejected), share)


def test_what_collect_set_aside_is_a_finding() -> None:
    """With the severity that the spec gives it."""
    validated = _validated(collected((said("ann-1", GOOD),)), Rejected("a.jpg", "unreadable", "half a file"))
    assert [(f.finding, f.severity, f.name, f.detail) for f in validated.findings if f.finding not in WHOLE] == [
        ("unreadable", "warning", "a.jpg", "half a file")
    ]


def test_what_is_not_covered_is_a_finding() -> None:
    """All four lightings and both crowdings are missing from an unlit frame."""
    details = [f.detail for f in _validated(collected((said("ann-1", GOOD),))).findings if f.finding == "coverage"]
    assert "lighting dusk: 0 frames (needs 40); needs 40 more" in details


def test_an_unknown_class_stops_the_run_and_says_the_fix() -> None:
    """The default spec calls it blocking: an object nobody decided about would become background."""
    with pytest.raises(LabelsError, match=r"class 'crate' on 1 box\(es\).*declare it in the spec"):
        _refuse(collected((said("ann-1", GOOD, ("crate", 8, 8, 25, 25)),)))


def test_an_unknown_class_that_the_spec_calls_a_warning_goes_without_its_boxes() -> None:
    """The boxes are dropped, which counts as rejecting them."""
    labelling = SPEC.labelling.model_copy(update={"findings": {"unknown-class": "warning"}})
    made = collected((said("ann-1", GOOD, ("crate", 8, 8, 25, 25)),))
    validated = validate.run(
        made, measured(made.frames), _collection(), SPEC.model_copy(update={"labelling": labelling})
    )
    assert validated.accepted.boxes.label.tolist() == ["box"]
    with pytest.raises(LabelsError, match=r"1 of 2 boxes rejected: 0\.500 \(at most 0\.02\)"):
        validate.refuse(validated, made, _collection(), 0.02)


@pytest.mark.parametrize(("bad", "stops"), [(2, False), (3, True)])
def test_more_rejected_boxes_than_the_spec_allows_stop_the_run(bad: int, stops: bool) -> None:
    """Two of a hundred are allowed by the default."""
    boxes = [("box", 8, 8, 25 + n / 8, 25) for n in range(100 - bad)] + [("box", 5, 5, 5, 5 + n) for n in range(bad)]
    made = collected((said("ann-1", *boxes),))
    if stops:
        with pytest.raises(LabelsError, match="3 of 100 boxes rejected"):
            _refuse(made)
    else:
        _refuse(made)


def test_rejected_frames_count_and_duplicates_do_not() -> None:
    """A copy is no fault; half a file is."""
    made = collected((said("ann-1", GOOD),))
    _refuse(made, Rejected("a.jpg", "duplicate-frame", "twice"))
    with pytest.raises(LabelsError, match="1 of 2 frames rejected"):
        _refuse(made, Rejected("a.jpg", "unreadable", "half a file"))


def test_no_frames_are_an_error() -> None:
    """Nothing later can be said about nothing."""
    with pytest.raises(SourceError, match="no frame is left"):
        _refuse(collected())


def _on_disk(data: Path, made: Tables, *contents: bytes) -> None:
    """What stage collect leaves of ``made``, its frames holding ``contents``."""
    names = {}
    with ShardWriter(data / "shards", 1_000_000) as writer:
        for row, content in enumerate(contents):
            names[made.frames.id[row]] = hashlib.sha256(content).hexdigest()
            place = writer.add(names[made.frames.id[row]], "jpg", content)
            made.frames.offset[row], made.frames.length[row] = place.offset, place.length
    for column in (made.frames.id, made.boxes.frame, made.assignments.frame):
        column[:] = [names[frame] for frame in column]
    tables.write_frames(data / "frames.parquet", made.frames)
    tables.write_frames(data / "duplicates.parquet", made.frames.take(np.zeros(0, np.int64)))
    tables.write_annotations(data / "boxes.parquet", made.boxes)
    tables.write_assignments(data / "assignments.parquet", made.assignments)
    documents.write_value(data / "source.json", _collection())


def _workspace(folder: Path) -> None:
    (folder / "specs").mkdir()
    (folder / "specs" / "spec.yaml").write_bytes((ROOT / "specs" / "spec.yaml").read_bytes())
    (folder / "params.yaml").write_text("validate: {runner: native, address: null}\n")


def test_findings_are_written_even_when_they_stop_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """People mend what the table and the page name; a stop without them would hide it."""
    monkeypatch.chdir(tmp_path)
    _workspace(tmp_path)
    made = collected((said("ann-1", GOOD, ("crate", 8, 8, 25, 25), ("box", 5, 5, 5, 5)),))
    _on_disk(tmp_path / "data" / "collect", made, jpeg(1))
    assert status_of(validate.main) == 1
    assert "unknown-class: class 'crate'" in capsys.readouterr().err
    out = tmp_path / "data" / "validate"
    found = tables.read_columns(out / "findings.parquet")
    assert {"unknown-class", "degenerate-box", "coverage"} == set(found["finding"])
    assert documents.read_value(Coverage, out / "coverage.json").frames == 1
    page = (out / "findings.html").read_text()
    assert page.count("<img") == 1
    assert "class &#39;crate&#39; on 1 box(es)" in page


def test_a_frame_that_cannot_be_read_is_set_aside_with_its_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is counted as rejected, and measured images stay for the split."""
    monkeypatch.chdir(tmp_path)
    _workspace(tmp_path)
    made = collected(*[(said("ann-1", GOOD),)] * 3)
    _on_disk(tmp_path / "data" / "collect", made, jpeg(1), b"half a file", jpeg(2))
    assert status_of(validate.main) == 1
    assert "1 of 3 frames rejected" in capsys.readouterr().err
    out = tmp_path / "data" / "validate"
    left = tables.read_frames(out / "frames.parquet").id.tolist()
    assert len(left) == 2
    assert sorted(tables.read_annotations(out / "boxes.parquet").frame) == sorted(left)
    assert sorted(tables.read_assignments(out / "assignments.parquet").frame) == sorted(left)
    measured_images = tables.read_statistics(out / "images.parquet")
    assert np.count_nonzero(measured_images.readable) == 2


def test_every_section_of_the_spec_is_looked_at() -> None:
    """One data set with one fault of every kind: each is found, by the name under which it is explained."""
    found = {f.finding for f in _faulty().findings}
    collects = {
        "unreadable-labels", "duplicate-frame", "duplicate-answer", "ambiguous-annotator", "unboxed-object", "expired",
        "missing", "unknown-size",
    }  # fmt: skip
    assert found == set(KINDS) - collects


def test_the_page_says_what_every_finding_means_and_is_safe() -> None:
    """Names of files and classes come from strangers."""
    name = "<img src=x onerror=alert(1)>"
    validated = _validated(collected((said("ann-1", GOOD, (name, 2, 2, 9, 9)),)))
    text = html.page(validate.page(name, validated, ()))
    assert "<img src=x" not in text
    assert KINDS["unknown-class"] in text


def test_labels_without_pictures_are_validated_too() -> None:
    """Agreement needs none; what cannot be checked is said."""
    made = collected((said("ann-1", GOOD),), (said("ann-1", GOOD),))
    made.frames.shard[:] = ""
    validated = validate.run(made, measured(made.frames.take(np.zeros(0, np.int64))), _collection(), SPEC)
    assert (len(validated.accepted.frames), validated.coverage.without_pixels) == (2, 2)
    assert [f.detail[:9] for f in validated.findings if f.finding == "no-pixels"] == ["2 of 2 fr"]


def _faulty() -> Validated:
    """Sixty frames by one annotator of whom nearly everything goes wrong somewhere."""
    usual: list[Box] = [("box", 4 + 5 * n, 4 + 5 * n, 16 + 5 * n, 16 + 5 * n) for n in range(6)]
    answers: list[tuple[Answer, ...]] = [(said("ann-1", *usual[: 4 + n % 3]),) for n in range(60)]
    answers[0] = (
        marked(
            said(
                "ann-1", *usual[:4], ("box", 5, 5, 5, 5), ("box", 90, 5, 99, 9), ("crate", 5, 5, 20, 20), usual[0],
                ("box", 20, 20, 23, 23), ("box", -40, 20, 12, 40), ("box", 0, 20, 12, 40), ("box", 20, 20, 40, 40),
                ("box", 10, 10, 60, 12.5), ("box", 12, 20, 52, 44), ("tube", 5, 5, 18, 18),
            ),
            truncated=[False] * 11 + [True] + [False] * 3,
            crowd=[False] * 14 + [True],
        ),
    )  # fmt: skip
    answers[1] = (said("ann-1", ("tube", 20, 20, 40, 40)),)
    answers[2] = ()
    made = collected(*answers)
    made.frames.shard[59] = ""
    values = measured(made.frames)
    for column, row, value in (
        ("mean_u8", 3, 1), ("blown_share", 4, 0.9), ("sharpness", 5, 0.1), ("saturation_u8", 6, 0), ("width", 7, 99),
        ("readable", 8, False),
    ):  # fmt: skip
        getattr(values, column)[row] = value
    named = {name: row for row, name in enumerate(made.frames.name)}
    values.hash[named["1"]] = values.hash[named["9"]]
    images = SPEC.images.model_copy(
        update={"near_identical_bits": 2, "saturation_minimum_u8": 10, "sizes": [[64, 48]], "mean_u8_minimum": 10}
    )
    boxes = SPEC.boxes.model_copy(update={"few_boxes_deviations": 3, "outlier_deviations": 6, "border_margin_px": 1})
    spec = SPEC.model_copy(update={"images": images, "boxes": boxes})
    return validate.run(made, values.take(values.frame != made.frames.id[59]), _collection(), spec)


@pytest.mark.real_data
def test_the_degenerate_boxes_of_a_public_set_are_named_and_do_not_stop_it(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of 4,888, published beside the data."""
    _preset("bccd", real_data("bccd"), tmp_path)
    monkeypatch.chdir(tmp_path)
    assert (status_of(collect.main), status_of(validate.main)) == (0, 0)
    found = tables.read_columns(Path("data/validate/findings.parquet"))
    degenerate = found["finding"] == "degenerate-box"
    assert sorted(str(name)[-9:] for name in found["name"][degenerate]) == ["00338.jpg", "00343.jpg"]
    few = found["detail"][found["finding"] == "few-boxes"]
    assert sum(str(detail).startswith("0 rbc box(es)") for detail in few) == 15


@pytest.mark.real_data
def test_a_sunset_is_visible_in_coverage(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known of this public set: mean grey falls over the quarters of the first ride."""
    _preset("plates", real_data("plates"), tmp_path)
    monkeypatch.chdir(tmp_path)
    assert (status_of(collect.main), status_of(validate.main)) == (0, 0)
    told = documents.read_value(Coverage, Path("data/validate/coverage.json")).brightness
    assert told[0].scene == "dayride_type1_001"
    assert told[0].quarters_u8 == pytest.approx((108, 81, 64, 59), abs=1)


def _preset(name: str, data: Path, folder: Path) -> None:
    """A workspace of a published preset over the public data set."""
    preset = ROOT / "specs" / "examples" / name
    params = yaml.safe_load((preset / "params.yaml").read_text())
    for source in params["collect"]["sources"]:
        source["path"] = str(data)
    params["validate"] = {"runner": "native", "address": None}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    (folder / "specs").mkdir()
    (folder / "specs" / "spec.yaml").write_bytes((preset / "spec.yaml").read_bytes())
