"""Cases: one entry for all variants, and who violated it is told."""

from __future__ import annotations

from dataclasses import replace

from detection.rules.evidence.judging.cases import cases
from detection.rules.judging.gates.lines import Line, Outcome
from tests.examples_verdict import gate

NAMES = {"tube": "Tube"}


def line(variant: str, said: str, verdict: Outcome = "PASS", why: str = "tubes (long ones) jam: see notes") -> Line:
    sentence = f"a/b.jpg · {variant} · must find tube at 1 2 3 4: {said} ({why}): {verdict}"
    plain = gate("PASS").lines[0]
    return replace(
        plain, kind="case", metric="never_miss", label="tube", variant=variant, sentence=sentence, verdict=verdict
    )


def test_a_case_is_told_once_for_all_variants() -> None:
    [case] = cases([gate("PASS").lines[0], line("fp32", "found"), line("int8", "found")])
    assert (case.demand(NAMES), case.outcome(), case.verdict) == ("Never miss: Tube", "found", "PASS")
    assert case.where() == "a/b.jpg, 1 2 3 4 px: tubes (long ones) jam: see notes"


def test_the_variant_that_violates_a_case_is_named() -> None:
    [case] = cases([line("fp32", "found"), line("int8", "not found at overlap 0.5", "FAIL")])
    assert (case.outcome(), case.verdict) == ("fp32: found; int8: not found at overlap 0.5", "FAIL")


def test_a_whole_frame_has_no_corners() -> None:
    sentence = "a/b.jpg · fp32 · must not fire tube anywhere: 2 detections (dusk): FAIL"
    [case] = cases([replace(line("fp32", ""), metric="never_fire", sentence=sentence, verdict="FAIL")])
    assert (case.where(), case.outcome()) == ("a/b.jpg, anywhere: dusk", "2 detections")
