"""What a variant costs against the limits of the targets that run it. Only this kind of machine can speak of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from detection.rules.judging.costs import BUSY_SHARE, CONFIDENCE, Cost, CostSheet
from detection.rules.judging.gates.lines import Line, Outcome
from detection.rules.judging.scores.rows import EVERY
from detection.rules.spec.targets import Target


def measured(target: Target, sheet: CostSheet) -> Cost | None:
    """The cost that speaks of a target: of its variant, on its kind of machine, by its engine; None if none does."""
    threads = sheet.threads[0] if sheet.threads else 1
    row = sheet.row(target.variant, threads)
    return row if row is not None and (row.machine, row.engine) == (target.machine, target.engine) else None


def target_lines(targets: Sequence[Target], sheet: CostSheet) -> Iterator[Line]:
    """Latency and memory of every target that could be measured here."""
    for target in targets:
        row = measured(target, sheet)
        if row is not None:
            yield _latency(target, row)
            yield _memory(target, row)


def unmeasured(targets: Sequence[Target], sheet: CostSheet, judged: Collection[str]) -> tuple[str, ...]:
    """A sentence for every target that nothing here can speak of.

    Args:
        targets: the devices.
        sheet: what the variants cost here.
        judged: variants that ran here; no other leaves the house.
    """
    return tuple(_silence(target, judged) for target in targets if measured(target, sheet) is None)


def _silence(target: Target, judged: Collection[str]) -> str:
    said = f"{target.id}: not measured here ({target.machine}, {target.engine}, variant {target.variant})"
    if target.variant not in judged:
        return f"{said}; its engine was built, not run, so the bundle is not for it"
    return f"{said}; the device proves it at installation, by self-test and watch"


def _latency(target: Target, row: Cost) -> Line:
    limit, busy = target.p95_ms, row.waited_share > BUSY_SHARE
    verdict: Outcome = "PASS" if row.p95_at_most_ms <= limit else "NOT PROVEN"
    if row.p95_at_least_ms > limit and not busy:
        verdict = "FAIL"
    threads = f"{row.threads} thread{'s' * (row.threads != 1)}"
    said = f"p95 {row.p95_ms:.1f} ms, {row.p95_at_least_ms:.1f} to {row.p95_at_most_ms:.1f} ms"
    advice = ""
    if verdict == "NOT PROVEN" and busy:
        advice = (
            f"; the machine was busy with others for {row.waited_share:.2f} of the time: "
            "run `dvc repro --force --single-item profile` when it is quiet"
        )
    elif verdict == "NOT PROVEN":
        advice = "; time more frames (profile.frames in params.yaml)"
    sentence = (
        f"{target.id} · {row.variant} · {said} (needs at most {limit:g}), {row.frames} frames, {threads}: "
        f"{verdict}{advice}"
    )
    ends = (row.p95_at_least_ms, row.p95_at_most_ms)
    return _line(target, "p95_ms", (row.p95_ms, *ends), limit, row.frames, verdict, sentence)


def _memory(target: Target, row: Cost) -> Line:
    limit, value = target.memory_mb, row.memory_mb
    verdict: Outcome = "PASS" if value <= limit else "FAIL"
    whose = "a process in the bare environment" if row.bare else "a process in the workstation's environment"
    sentence = f"{target.id} · {row.variant} · {whose} held {value:.0f} MB (needs at most {limit:g}): {verdict}"
    return _line(target, "memory_mb", (value, value, value), limit, row.frames, verdict, sentence)


def _line(
    target: Target, metric: str, figure: tuple[float, ...], limit: float, n: int, verdict: Outcome, sentence: str
) -> Line:
    observed, lower, upper = figure
    return Line(
        kind="target", set=target.id, variant=target.variant, label=EVERY, where={}, metric=metric, at_least=None,
        at_most=limit, confidence=CONFIDENCE if lower != upper else 1.0, observed=observed, lower=lower, upper=upper,
        n=n, groups=1, verdict=verdict, needs_more=None, sentence=sentence,
    )  # fmt: skip
