"""Example checks and sheets of a rehearsal."""

from __future__ import annotations

from detection.rules.judging.rehearsal import Check, Outcome, RehearsalSheet, Trial, sheet


def gate_line(name: str, verdict: Outcome, proven: float, at_least: float) -> Check:
    """A criterion: a share that must be proven."""
    return Check("gate", name, verdict, proven, at_least, "", at_least - proven, f"{name} {proven}: {verdict}")


def refusal(name: str, verdict: Outcome = "REFUSED") -> Check:
    """A stage that would not go on."""
    return Check("digest", name, verdict, None, None, "", None, f"{name}: {verdict}")


def parity_row(name: str, verdict: Outcome, observed: float) -> Check:
    """A comparison that allows 0.5 px."""
    return Check("parity", name, verdict, observed, 0.5, "px", observed - 0.5, f"{name}: {verdict}")


def rehearsal_sheet() -> RehearsalSheet:
    """One fault caught twice, one caught by a refusal, one missed, one that could not be planted; one line is blind."""
    recall, tube = gate_line("golden · fp32 · recall", "PASS", 0.85, 0.8), gate_line("tube <b>", "NOT PROVEN", 0.7, 0.8)
    row, stage = parity_row("detections fp32", "PASS", 0.01), refusal("stage evaluate takes what it reads", "PASS")
    trials = (
        Trial("swapped-channels", "blue for red", "", (gate_line(recall.name, "FAIL", 0.4, 0.8),
                                                      parity_row(row.name, "FAIL", 40.0), tube)),
        Trial("wrong-thresholds", "fp32 is cut at the thresholds of int8", "", (refusal(stage.name),)),
        Trial("noise-calibration", "ranges of noise", "", (recall, tube)),
        Trial("swapped-classes", "", "there is one class only", ()),
    )  # fmt: skip
    return sheet((recall, tube, row, stage), trials, {"fp32": "a" * 64})
