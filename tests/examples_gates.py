"""Evidence for gates, made by hand: groups of objects of which so many are found, of detections so many right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.outside import tables
from detection.rules.judging import sets
from detection.rules.judging.costs import Cost, CostSheet
from detection.rules.judging.gates.counting import Evidence
from detection.rules.judging.gates.criteria import Effort
from detection.rules.judging.gates.judgement import Shipping, Trial
from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.parity import Difference, Outcome, ParityReport, ParityRow
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.labels.samples import Annotations, Assignments, Frames, Strings
from detection.rules.spec.detector import Variants
from detection.rules.spec.judging import Acceptance, Criterion
from detection.rules.spec.targets import Target

EFFORT = Effort(Dice(400, 0), 200)
VALUES = {"lighting": ["bright", "dusk"]}


@dataclass(frozen=True, slots=True)
class Batch:
    """Alike observations of one group: a frame for every ten, the first ``right`` of them correct.

    A detection is a box of 20 px at x = 40 times its place in the frame.
    """

    n: int
    right: int
    kind: str = "object"
    group: str = "g0"
    label: str = "tube"
    set: str = "golden"
    variant: str = "fp32"
    lighting: str = "dusk"
    kept: bool = True
    size: str = "medium"


@dataclass(frozen=True, slots=True)
class Row:
    """One observation of a batch."""

    batch: Batch
    frame: str
    correct: bool
    place: int


def evidence(batches: Sequence[Batch], empty: Sequence[Batch] = ()) -> Evidence:
    """What ``evaluate`` would have written; of ``empty`` only the frames, one for each of ``n``."""
    rows = [
        Row(one, f"{_place(one)}-{i // 10}", i < one.right, i % 10) for one in batches for i in range(one.n)
    ]  # fmt: skip
    known = {row.frame: row.batch for row in rows}
    known |= {f"{_place(one)}-empty-{i}": one for one in empty for i in range(one.n)}
    return Evidence(_observations(rows), _facts(known))


def criterion(**changes: object) -> Criterion:
    """Recall of tubes in the golden set, at least 0.75."""
    plain: dict[str, object] = {
        "set": "golden", "variant": "every", "label": "tube", "where": {}, "metric": "recall",
        "at_least": 0.75, "confidence": 0.95,
    }  # fmt: skip
    return Criterion.model_validate(plain | changes)


def acceptance(*criteria: Criterion, **changes: object) -> Acceptance:
    """Those criteria and nothing else."""
    plain = {"criteria": [one.model_dump() for one in criteria], "subgroups": [], "correction": "none"}
    cases: dict[str, object] = {"cases": {"never_miss": [], "never_fire": []}}
    return Acceptance.model_validate(plain | cases | changes)


def trial(seen: Evidence, parity: Outcome = "PASS", *variants: str) -> Trial:
    """That evidence, with a certificate of one comparison."""
    names = variants or ("fp32",)
    return Trial(seen, certificate(parity), dict.fromkeys(names, "ab"), VALUES, shipping(names))


def shipping(variants: tuple[str, ...], *targets: Target, costs: tuple[Cost, ...] = ()) -> Shipping:
    """Those variants, of which none may lose more than a point."""
    allowed = Variants(ap50_95_loss_maximum=0.01, confidence=0.95)
    return Shipping(variants, allowed, targets, CostSheet(costs, "a processor", 2))


def target(**changes: object) -> Target:
    """A target that runs ``int8`` on ONNX Runtime within 30 ms and 300 MB."""
    plain: dict[str, object] = {
        "id": "box", "hardware": "a box", "machine": "x86_64", "engine": "onnxruntime", "variant": "int8",
        "precision": "int8", "camera": None, "compute_capability": None, "p95_ms": 30.0, "memory_mb": 300.0,
        "bundle_mb": 20.0,
    }  # fmt: skip
    return Target.model_validate(plain | changes)


def cost(variant: str = "int8", **changes: object) -> Cost:
    """What ``int8`` took on such a box: 9 to 11 ms, 100 MB."""
    plain: dict[str, object] = {
        "threads": 1, "p50_ms": 8.0, "p95_ms": 10.0, "p99_ms": 11.0, "load_ms": 90.0, "memory_mb": 100.0,
        "bytes": 3_000_000, "slower_than_reference": False, "machine": "x86_64", "engine": "onnxruntime", "bare": True,
        "times_reference": 0.5, "frames": 80, "p95_at_least_ms": 9.0, "p95_at_most_ms": 11.0, "waited_share": 0.0,
    }  # fmt: skip
    return Cost(variant, **(plain | changes))  # type: ignore[arg-type]


def certificate(parity: Outcome) -> ParityReport:
    """One comparison."""
    row = ParityRow("detections", "edge", "runtime", "int8", 4, 9, (Difference("x", "", 0.0, 1.0),), parity)
    return ParityReport(parity, (row,), "ab")


def groups(number: int, n: int, right: int, **changes: str) -> list[Batch]:
    """``number`` groups alike."""
    return [Batch(n, right, group=f"g{i}", **changes) for i in range(number)]  # type: ignore[arg-type]


def labelled(folder: Path, label: str, frames: int = 1) -> dict[str, str]:
    """Frames of golden and of challenge, ``frames`` each, with a box each, as earlier stages leave them.

    Every frame is a group of its own.

    Returns:
        The digests of these sets.
    """
    n = 2 * frames
    frame = np.array([f"{i:064x}" for i in range(n)], object)
    split = np.repeat(np.array(["golden", "challenge"], object), frames)

    def full(value: object) -> Strings:
        return np.full(n, value, object)

    whole, no = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    names = np.array([f"{i}.jpg" for i in range(n)], object)
    known = Frames(
        frame, names, full("s.tar"), whole, whole + 1, whole + 64, whole + 64, full(""), full("c"), full(""),
        np.full(n, np.datetime64("2026-01-01", "us")), {"lighting": full("dusk"), "crowding": full("sparse")},
        full("scenes"), full("x"), full("y"), np.full(n, np.datetime64("2030-01-01", "D")),
    )  # fmt: skip
    corners = np.array([[0, 0, 40, 40]] * n, np.float32)
    boxes = Annotations(frame, full("verified"), full("1"), full(label), corners, no, no, ~no, no)
    tables.write_frames(folder / "data/validate/frames.parquet", known)
    tables.write_annotations(folder / "data/agreement/labels.parquet", boxes)
    assigned = Assignments(frame, full("verified"), full("1"), ~no)
    tables.write_assignments(folder / "data/agreement/labelled.parquet", assigned)
    groups = np.array([f"g{i}" for i in range(n)], object)
    tables.write_columns(folder / "data/split/splits.parquet", {"frame": frame, "split": split, "group": groups})
    return sets.digests(known, boxes, split)


def _place(one: Batch) -> str:
    return f"{one.set}-{one.group}-{one.lighting}"


def _observations(rows: Sequence[Row]) -> Observations:
    detection = np.array([row.batch.kind == "detection" for row in rows], np.bool_)
    correct = np.array([row.correct for row in rows], np.bool_)
    x = np.array([40.0 * row.place for row in rows], np.float32)
    corners = np.stack((x, np.zeros_like(x), x + 20, np.full_like(x, 20)), axis=1)
    texts = {
        name: np.array([getattr(row.batch, name) for row in rows], object)
        for name in ("variant", "set", "group", "label", "kind", "size")
    }
    score = np.where(detection, 0.9, np.nan)
    return Observations(
        **texts, frame=np.array([row.frame for row in rows], object), correct=correct, score=score, raw=score,
        kept=np.array([row.batch.kept for row in rows], np.bool_), corners=corners,
        hits=np.where(detection & correct, 1023, 0).astype(np.uint16),
        conditions={"lighting": np.array([row.batch.lighting for row in rows], object)},
    )  # fmt: skip


def _facts(known: dict[str, Batch]) -> FrameFacts:
    names = np.array(list(known), object)
    columns = {
        name: np.array([getattr(one, name) for one in known.values()], object) for name in ("group", "set", "lighting")
    }
    files = np.array([f"{name}.jpg" for name in known], object)
    return FrameFacts(names, files, columns["group"], columns["set"], {"lighting": columns["lighting"]})
