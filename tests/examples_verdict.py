"""A verdict and a parity certificate, made by hand: seven criteria for two variants, green, amber or red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scipy.stats import binomtest

from detection.outside import documents
from detection.outside.targets import read_targets
from detection.rules.judging.gates.lines import Family, Line, Outcome, Verdict
from detection.rules.judging.parity import Difference, ParityReport, ParityRow
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variant, Variants

SPEC = documents.read_document(Spec, Path("specs/spec.yaml"))
CLASSES = tuple(SPEC.class_ids())
VARIANTS = Variants(
    (
        Variant("fp32", "fp32.onnx", "onnxruntime", "fp32", 224, 224, "3f" * 32, 12_270_000),
        Variant("int8", "int8.onnx", "onnxruntime", "int8", 224, 224, "a9" * 32, 3_410_000),
    ),
    CLASSES,
)


_ELSEWHERE = {"id": "jetson", "hardware": "Jetson Orin", "machine": "aarch64", "engine": "tensorrt"}
TARGETS = (*read_targets(), read_targets()[-1].model_copy(update=_ELSEWHERE))
"""The default targets, and one that is not here."""


def gate(kind: Outcome) -> Verdict:
    """Seven criteria for two variants, and parity; red and amber by fewer hits or fewer objects."""
    lines = [
        _line(c.set, v, c.label, c.where, c.metric, c.bound, kind)
        for c in SPEC.acceptance.criteria
        if c.metric in ("precision", "recall")
        for v in ("fp32", "int8")
    ]
    lines += [_loss_line(name) for name in ("golden", "challenge")]
    lines += [_target_line(*told) for told in (("cpu-plain", "fp32", 24.0, 60.0), ("cpu-x86", "int8", 10.0, 30.0))]
    lines.append(_parity_line())
    said = "14 lines; at most 0.57 that any passes whose truth is just at its bound; a release needs them all."
    family = Family(14, 0.05, 0.57, "none", said)
    silent = ("jetson: not measured here (aarch64, tensorrt, variant int8); the device proves it at installation",)
    return Verdict(kind, tuple(lines), {v.name: v.sha256 for v in VARIANTS.variants}, family, silent)


def _line(
    name: str, variant: str, label: str, where: dict[str, list[str]], metric: str, at_least: float, kind: Outcome
) -> Line:
    hit = label == "tube" and variant == "int8"
    n = {"FAIL": 131, "NOT PROVEN": 26}[kind] if hit and kind != "PASS" else (412 if label == "every" else 138)
    gap = {"FAIL": -0.12, "NOT PROVEN": 0.12, "PASS": 0.2}[kind] if hit else (0.17 if where else 0.15)
    share = min(at_least + gap, 0.99)
    successes = round(share * n)
    lower, upper = binomtest(successes, n).proportion_ci(0.90, method="wilson")
    outcome: Outcome = "PASS" if lower >= at_least else "FAIL" if upper < at_least else "NOT PROVEN"
    more = 14 if outcome == "NOT PROVEN" else None
    line = Line(
        name, variant, label, where, metric, at_least, 0.95, successes / n, lower, upper, n, 5, outcome, more, "",
        effective_n=n / 1.6, design_effect=1.6, false_pass=0.041, needs_images=None if more is None else 3 * more,
    )  # fmt: skip
    said = f"{name} · {variant} · {metric} of {label} {successes / n:.2f}, proven {lower:.2f} (needs {at_least:g})"
    return replace(line, sentence=f"{said}, n {n} in 5 groups: {outcome}")


def _loss_line(name: str) -> Line:
    return Line(
        name, "int8", "every", {}, "ap50_95_loss", None, 0.95, 0.001, -0.004, 0.0062, 398, 9, "PASS", None,
        f"{name} · int8 · AP50-95 against fp32: loses 0.001, proven at most 0.007: PASS", kind="loss", at_most=0.01,
    )  # fmt: skip


def _target_line(name: str, variant: str, p95_ms: float, limit: float) -> Line:
    return Line(
        name, variant, "every", {}, "p95_ms", None, 0.95, p95_ms, p95_ms - 1, p95_ms + 2, 80, 1, "PASS", None,
        f"{name} · {variant} · p95 {p95_ms:g} ms: PASS", kind="target", at_most=limit,
    )  # fmt: skip


def _parity_line() -> Line:
    return Line("", "", "every", {}, "parity", 1.0, 1.0, 1.0, 1.0, 1.0, 6, 0, "PASS", None, "")


def parity() -> ParityReport:
    """Tensors and detections, three ways."""
    within = (Difference("box corner", "px", 0.02, 0.5), Difference("score", "", 0.0004, 0.01))
    tensor = (Difference("tensor value", "of full scale", 0.0, 0.002),)
    rows = (
        ParityRow("tensors", "ultralytics", "edge", "", 44, 0, tensor, "PASS"),
        ParityRow("detections", "ultralytics", "edge", "fp32", 44, 161, within, "PASS"),
        ParityRow("detections", "edge", "runtime.pyz", "fp32", 44, 161, within, "PASS"),
        ParityRow("detections", "edge", "runtime.pyz", "int8", 44, 158, within, "PASS"),
    )
    return ParityReport("PASS", rows, "c4" * 32)
