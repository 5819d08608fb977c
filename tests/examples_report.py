"""A release as the report's typed documents tell it: small, plausible, made by hand."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from detection.outside import plots
from detection.outside.html import data_uri
from detection.rules.engines import BuiltEngine, Engines, Recipe
from detection.rules.evidence import learning, lineage, purpose
from detection.rules.evidence.charts import Chart
from detection.rules.evidence.judging import (
    calibration,
    errors,
    operating,
    scores,
    suspicions,
    targets,
    variants,
    verdict,
    weakest,
)
from detection.rules.evidence.judging import parity as parity_page
from detection.rules.evidence.labels import agreement as agreement_page
from detection.rules.evidence.labels import data as data_page
from detection.rules.evidence.labels import findings as findings_page
from detection.rules.evidence.labels import split as split_page
from detection.rules.evidence.page import DataUri, Page, Picture, Pictures, Section
from detection.rules.evidence.tone import Tone
from detection.rules.evidence.validation import method, open_findings
from detection.rules.evidence.validation import report as validation_page
from detection.rules.judging.costs import CostSheet
from detection.rules.judging.gates.lines import Outcome
from detection.rules.labels.agreement.sheet import (
    Agreement,
    Annotator,
    ClassAgreement,
    Compared,
    Confusion,
    Figure,
    Judged,
    WorstFrame,
)
from detection.rules.labels.findings.brightness import Brightness
from detection.rules.labels.findings.coverage import ClassCount, ConditionCount, Coverage, CrossingCount
from detection.rules.labels.samples import Annotations, Frames
from detection.rules.labels.splits.certificate import Certificate, ConditionFrames, SetCount
from detection.rules.labels.splits.crossings import Crossing
from detection.rules.labels.splits.grouping import Tie
from detection.rules.quantisation import Block, Eight, Quantisation
from tests import examples_results as results
from tests.examples_gates import cost
from tests.examples_verdict import CLASSES, SPEC, TARGETS, VARIANTS, parity
from tests.examples_verdict import gate as gate

FRAMES_OF = {"train": 832, "val": 210, "test": 158, "golden": 120, "challenge": 80}
LIGHT = {"bright": 0.30, "normal": 0.35, "dim": 0.20, "dusk": 0.15}


def page(kind: Outcome = "PASS", displays: dict[str, str] | None = None, photographs: Pictures | None = None) -> Page:
    """The whole page, as the gate of that colour would have it."""
    names = displays or {c.id: c.display for c in SPEC.classes}
    sheet, judged = results.score_sheet(), gate(kind)
    sections: tuple[Section, ...] = (
        *judged_sections(names),
        purpose.section(SPEC.classes, SPEC.conditions, SPEC.output),
        data_page.data_section(
            coverage(), placed(), data_page.Rejected("scenes", 3, REASONS), names, photographs or samples()
        ),
        findings_page.coverage_section(coverage(), certificate(), FINDINGS),
        agreement_page.agreement_section(agreement(), names),
        split_page.split_section(certificate()),
        learning.section(learning.Overfit(8, 0.995, 0.95), TRAINING, charts(*learning.history_charts(history()))),
        purpose.limits(SPEC.conditions, practice=True),
        purpose.licence(),
        lineage.section(LINEAGE),
    )
    plain = verdict.banner(judged, names, scores.headline(sheet, VARIANTS))
    banner = replace(plain, weakest=weakest.findings(sheet, results.error_sheet(), "fp32", names))
    return Page(
        SPEC.name, "Finds cardboard boxes, polybags and tubes on a conveyor.", banner, sections, "Made by hand."
    )


def judged_sections(names: dict[str, str]) -> tuple[Section, ...]:
    """How good it is, and what was chosen."""
    judged, chosen = results.reliability_sheet("test", "golden", "challenge"), results.operating_sheet()
    curves = operating.charts(results.operating_curves(), chosen, names)
    drawn = {variant: Pictures(charts(*drawn), charts=True) for variant, drawn in curves.items()}
    diagrams = calibration.drawn(charts(*calibration.diagrams(judged, names)))
    return (
        scores.section(results.score_sheet(), VARIANTS, names, precision_recall(names), certificate()),
        errors.section(results.error_sheet(), results.confusion_sheet(), "fp32", names, (samples(),)),
        operating.section(chosen, names, drawn),
        calibration.section(results.reliability_sheet("val"), judged, names, diagrams),
        variants.section(compared(), names),
        targets.section(TARGETS, gate("PASS")),
        parity_page.section(parity()),
        suspicions.section(results.suspicions(), names),
    )


def compared() -> variants.Compared:
    """Two variants that ran, one engine that did not."""
    reference = cost("fp32", p95_ms=24.0, p95_at_least_ms=23.0, p95_at_most_ms=26.0, times_reference=1.0,
                     slower_than_reference=None, memory_mb=150.0)  # fmt: skip
    two = replace(reference, threads=2, p95_ms=14.0)
    recipe = Recipe("rtx", "tensorrt-rtx", "fp16", 224, 192, "8.6")
    built = BuiltEngine(recipe, 4.2, 9_800_000, "5e" * 32, "uint8 [1, 3, 192, 224]", "float [1, 7, 882]")
    eight = Eight("int8", 8, 0.061, 0.024, 0.03, ("/model.22/cv3.0/conv",), (Block("/model.0/conv", 0.01, 0.05),) * 64)
    return variants.Compared(
        VARIANTS, results.score_sheet(), results.THRESHOLDS, CostSheet((reference, cost(), two), "Some Processor", 2),
        gate("PASS"), Engines((built,)), Quantisation((eight,)),
    )  # fmt: skip


def validation(kind: Outcome) -> Page:
    """The validation report about the same release."""
    names = {c.id: c.display for c in SPEC.classes}
    judged = results.reliability_sheet("test", "golden", "challenge")
    by_rule = method.section(
        method.Judged(results.score_sheet(), judged, results.error_sheet(), gate(kind), certificate())
    )
    return validation_page.page(page(kind), gate(kind), by_rule, open_findings.collected(measured(kind), names))


def measured(kind: Outcome) -> open_findings.Measured:
    """Everything that findings are looked for in."""
    return open_findings.Measured(
        gate(kind), results.score_sheet(), VARIANTS, results.reliability_sheet("test"), results.operating_sheet(),
        coverage(), agreement(), certificate(), 12, LINEAGE, practice=True,
    )  # fmt: skip


TRAINING = learning.Training(learning.Recipe("yolov8n.yaml", 16, 224, 0, 2), 832, 210, "d1" * 32)
REASONS = {"truncated: 1,204 of 9,310 bytes": 1, "no image": 2}
FINDINGS = (
    findings_page.FindingKind("degenerate-box", "warning", 4, "cam-03-s0012-2.jpg: width 0.0 px; draw it again"),
    findings_page.FindingKind("duplicate-frame", "warning", 2, "cam-11-s0003-1.jpg repeats cam-11-s0003-0.jpg"),
)
LINEAGE = lineage.Lineage(
    data=(lineage.Digest("collect/shards/000000.tar", "5c" * 32), lineage.Digest("split/splits.parquet", "0d" * 32)),
    code="77" * 32,
    configuration=(lineage.Digest("specs/spec.yaml", "1b" * 32), lineage.Digest("params.yaml", "e4" * 32)),
    models=(lineage.Digest("fp32.onnx", "3f" * 32), lineage.Digest("int8.onnx", "a9" * 32)),
    commit="0123456789abcdef0123456789abcdef01234567",
    changed=False,
    python="3.11.2",
    platform="Linux x86_64",
    packages=(lineage.Package("numpy", "2.3.5"), lineage.Package("ultralytics", "8.4.190")),
    seed=0,
    threads=2,
)


def coverage() -> Coverage:
    """1,400 frames over the default conditions, one camera at sunset."""
    conditions = tuple(ConditionCount("lighting", v, round(1400 * p), 40, 0) for v, p in LIGHT.items())
    crossings = tuple(
        CrossingCount(("class", "lighting"), (c, v), "objects", n, 200, max(0, 200 - n))
        for i, c in enumerate(CLASSES)
        for v, n in ((v, round(1000 * p) - 40 * i) for v, p in LIGHT.items())
    )
    classes = tuple(ClassCount(c, 4000, 1200, 2000 - 700 * i, 200, 0) for i, c in enumerate(CLASSES))
    sunset = Brightness("cam-03", "cam-03-s0001", 40, (108.0, 81.0, 64.0, 59.0))
    return Coverage(1400, 1400, 700, 31, conditions, classes, crossings, (sunset,))


def certificate() -> Certificate:
    """Twenty cameras on three sides."""
    sets = tuple(
        SetCount(
            name, n, {"train": 12, "val": 3}.get(name, 5), n // 2, f"{i}f" * 32,
            tuple(ConditionFrames("lighting", v, round(n * p)) for v, p in LIGHT.items()),
        )
        for i, (name, n) in enumerate(FRAMES_OF.items())
    )  # fmt: skip
    said = "no camera or scene stands on more than one of train, val and judging (golden, challenge and test judge)"
    return Certificate(
        statement=said, judging="golden is drawn, not frozen; challenge is drawn, not frozen", salt="1", official=False,
        keys=("camera", "scene"), time_window_s=None, near_duplicate_bits=2, groups=20,
        groups_of_side={"train": 12, "val": 3, "judging": 5}, largest_group=70, ties=(Tie("camera", 1380),),
        unplaced_frames=0, set_aside=0, set_aside_examples=(), crossings=0, crossing_examples=(),
        found=(Crossing("camera", 0, 0, ()),), balance=(), nearest=(), attack=None, sets=sets,
    )  # fmt: skip


def agreement() -> Agreement:
    """Two annotators who agree well."""
    classes = tuple(
        ClassAgreement(
            c, 1400, 5200, 2480, Figure(0.954 - i / 60, 0.94 - i / 60, 0.96 - i / 60), Figure(0.87, 0.86, 0.88),
            Figure(0.81, 0.79, 0.83), worst_frames=(WorstFrame("0" * 64, "cam-00/a.jpg", 4),),
            weakest=("annotator-1", "annotator-2"), f1_without=None,
        )
        for i, c in enumerate(CLASSES)
    )  # fmt: skip
    every = Compared("every", 1400, 15600, 7440, Figure(0.94, 0.93, 0.95), Figure(0.87, 0.86, 0.88), None)
    judged = Judged(900, 4000, *[Figure(0.95, 0.94, 0.96)] * 4)
    people = tuple(
        Annotator(f"annotator-{n}", 1400, 7800, judged, judged, weight=0.95, unreliable=False) for n in (1, 2)
    )
    said = "2 annotators agree: lowest F1 0.921 (needs 0.85), class tube, over 1400 frames"
    confused = Confusion(tuple(CLASSES), ((4800, 60, 0, 90), (60, 4700, 0, 80), (0, 0, 4700, 60)))
    return Agreement(
        0.5, 0.85, 0.8, 0.95, 280, 1400, 0, said, every, classes,
        pairs=(), conditions=(), guidelines=(), confusion=confused, annotators=people,
    )  # fmt: skip


def placed() -> data_page.Placed:
    """Frames and labels in proportion, without pictures."""
    n = sum(FRAMES_OF.values())
    split_of = np.repeat(np.array(list(FRAMES_OF), object), list(FRAMES_OF.values()))
    camera = np.concatenate(
        [_cycled(range(12), 832), _cycled(range(12, 15), 210), _cycled(range(15, 20), n - 1042)]
    )  # fmt: skip
    ids = np.array([f"{i:064x}" for i in range(n)], object)
    return data_page.Placed(_frames(ids, camera), _labels(ids), split_of)


def _cycled(cameras: range, n: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array([f"cam-{cameras[i % len(cameras)]:02d}" for i in range(n)], object)


def _frames(
    ids: np.ndarray[tuple[int], np.dtype[np.object_]], camera: np.ndarray[tuple[int], np.dtype[np.object_]]
) -> Frames:
    n = len(ids)
    words, numbers = np.full(n, "", object), np.zeros(n, np.int64)
    scene = np.array([f"{c}-s{i // 80:04d}" for i, c in enumerate(camera)], object)
    return Frames(
        id=ids, name=ids, shard=words, offset=numbers, length=numbers, width=numbers + 320, height=numbers + 256,
        site=words, camera=camera, scene=scene, captured_at=np.full(n, "NaT", "datetime64[us]"), conditions={},
        source=words, licence=words, consent=words, retain_until=np.full(n, "NaT", "datetime64[D]"),
    )  # fmt: skip


def _labels(ids: np.ndarray[tuple[int], np.dtype[np.object_]]) -> Annotations:
    frame = np.repeat(ids, 4)
    n = len(frame)
    no, words = np.zeros(n, bool), np.full(n, "consensus", object)
    label = np.array([CLASSES[i % 3] for i in range(n)], object)
    return Annotations(frame, words, np.full(n, "1", object), label, np.zeros((n, 4), np.float32), no, no, no, no)


def history() -> learning.History:
    """Sixteen epochs that learn, and val measured in four of them."""
    epochs = np.arange(1.0, 17)
    fall = np.exp(-epochs / 5)
    sparse = np.where(epochs % 4 == 0, 0.95 - fall, np.nan)
    return learning.History(epochs, {"box": 0.6 + 2 * fall, "class": 0.4 + 3 * fall}, {"AP50": sparse})


def precision_recall(names: dict[str, str]) -> Pictures:
    """A chart a class as wide as the others."""
    recall = np.linspace(0, 1, 60)
    curves = [learning.Curve("fp32", names[c], recall, 1 - recall ** (9 - i)) for i, c in enumerate(CLASSES)]
    chart = learning.square_chart("Precision over recall, test", ("recall", "precision"), curves, diagonal=False)
    return Pictures(charts(chart), charts=True)


def charts(*drawn: Chart) -> tuple[Picture, ...]:
    """The charts as pictures that all look like one: drawing takes its time, and what is drawn is tested elsewhere."""
    return tuple(Picture(_chart(), chart.title) for chart in drawn)


@cache
def _chart() -> DataUri:
    return data_uri("image/svg+xml", plots.svg(learning.history_charts(history())[0]))


def samples() -> Pictures:
    """Grey squares with a frame, for photographs."""
    shots = []
    for i in range(8):
        image = np.full((128, 160, 3), 60 + 20 * i, np.uint8)
        cv2.rectangle(image, (30, 30), (110, 96), (40, 140, 220), 2)
        content = cv2.imencode(".jpg", image)[1].tobytes()
        uri = f"data:image/jpeg;base64,{b64encode(content).decode()}"
        tone = Tone.BAD if i < 4 else Tone.UNSURE
        shots.append(Picture(uri, "an example", f"Tube, missed\ncam-1{i % 5}, dusk, crowded", tone))
    return Pictures(tuple(shots), title="A few frames")
