"""What watching a fleet comes to, made by hand: cameras that alarm, warn, are over, quiet, or say nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.latency import STEPS, counted
from detection.rules.evidence.field.cameras import Counted
from detection.rules.evidence.field.health import CameraHealth
from detection.rules.evidence.field.incidents import Step, Trace
from detection.rules.evidence.field.page import Release, Watched
from detection.rules.evidence.field.samples import Sample
from detection.rules.field.accuracy.outcomes import Diagnosis, Drift, Kept, ObjectiveDay, ObjectiveStanding
from detection.rules.field.trust import TrustPart, TrustScore
from detection.rules.field.watching.findings import Findings, Incident, Part, Standing
from detection.rules.field.watching.readings import JOINT, Answer, Baseline, Readings, Severity
from detection.rules.spec.field import Duration, Objective

START_S = 1_780_304_400
"""2026-06-01 09:00 UTC."""
HOUR = Duration(name="hour", length_s=3600, breaches=2, of=3, clear_after=3)
SIGNALS = ("best_score", "brightness", "score/box", JOINT)
EDGES = {name: np.linspace(0.1, 0.9, 9) for name in SIGNALS[:-1]}
BUNDLE = "ab" * 32
WINDOWS = 48

ANSWERS = {"alarm": Answer.BREACH, "warning": Answer.WARNING, "over": Answer.BREACH, "silent": Answer.TOO_FEW}
SEVERITIES = {"alarm": Severity.ALARM, "warning": Severity.WARNING, "over": Severity.ALARM}


def readings(kinds: Sequence[tuple[str, str]], windows: int = WINDOWS) -> Readings:
    """A day or two of hours for each camera: its brightness moves half-way through."""
    many = len(kinds) * windows
    shape = (many, len(SIGNALS))
    dice = np.random.default_rng(5)
    distance = np.abs(dice.normal(0.05, 0.02, shape))
    answer = np.full(shape, Answer.QUIET.code, np.int8)
    for number, (_, kind) in enumerate(kinds):
        rows = slice(number * windows, (number + 1) * windows)
        if kind == "silent":
            distance[rows] = np.nan
            answer[rows] = Answer.TOO_FEW.code
        elif kind in ANSWERS:
            late = slice(rows.start + windows // 2, rows.stop)
            distance[late, 1] += 0.2 if kind == "warning" else 0.6
            answer[late, 1] = ANSWERS[kind].code
    return Readings(
        duration=HOUR,
        signals=SIGNALS,
        camera=np.repeat(np.array([name for name, _ in kinds], object), windows),
        begins_s=np.tile(START_S + 3600 * np.arange(windows), len(kinds)),
        frames=np.full(many, 120),
        baseline=np.full(many, Baseline.OWN, object),
        samples=np.full(shape, 120),
        distance=distance,
        noise=np.full(shape, 0.12),
        js=np.where(np.arange(len(SIGNALS)) == len(SIGNALS) - 1, np.nan, distance / 6),
        js_noise=np.full(shape, 0.02),
        answer=answer,
    )


def standings(table: Readings, kinds: Sequence[tuple[str, str]]) -> tuple[Standing, ...]:
    found = []
    windows = len(table) // max(1, len(kinds))
    for number, (camera, kind) in enumerate(kinds):
        for column, signal in enumerate(table.signals):
            own = slice(number * windows, (number + 1) * windows)
            spoken = 0 if kind == "silent" else windows
            peak = own.start + (0 if kind == "silent" else int(np.argmax(table.distance[own, column])))
            worst = table.one(peak, signal)
            bad = kind in SEVERITIES and signal == "brightness"
            breaches = windows // 2 if bad and kind != "warning" else 0
            found.append(
                Standing(
                    camera, signal, HOUR.name, Baseline.OWN, windows, spoken, breaches, breaches, worst, worst,
                    SEVERITIES[kind] if bad and kind != "over" else None, SEVERITIES[kind] if bad else None,
                    START_S + 3600 * windows // 2 if bad else None,
                )
            )  # fmt: skip
    return tuple(found)


def incidents(table: Readings, kinds: Sequence[tuple[str, str]]) -> tuple[Incident, ...]:
    found = []
    windows = len(table) // max(1, len(kinds))
    for number, (camera, kind) in enumerate(kinds):
        if kind not in SEVERITIES:
            continue
        opened = START_S + 3600 * (windows // 2 + 2)
        worst = table.one(number * windows + windows // 2, "brightness")
        part = Part("brightness", HOUR.name, SEVERITIES[kind], opened, worst)
        closed = START_S + 3600 * (windows - 4) if kind == "over" else None
        loud = SEVERITIES[kind]
        alarmed = opened if loud is Severity.ALARM else None
        found.append(Incident(f"{number:016x}", BUNDLE, camera, opened, alarmed, closed, loud, (part,), Baseline.OWN))
    return tuple(found)


def fleet(kinds: Sequence[tuple[str, str]]) -> Findings:
    """Cameras by name and kind: alarm, warning, over, quiet or silent."""
    table = readings(kinds)
    return Findings((table,), standings(table, kinds), incidents(table, kinds))


def health(camera: str, **counters: int) -> CameraHealth:
    """A camera's counters, and latencies around 20 ms."""
    dice = np.random.default_rng(3)
    times = {step: counted(dice.gamma(20, 1 if step == "total" else 0.2, (200, 1)))[0] for step in STEPS}
    return CameraHealth(camera, Counters(**{"frames": 5760, **counters}), times)


def objective(below: int = 0) -> ObjectiveStanding:
    """Thirty days of precision, the last ``below`` of them under the floor."""
    asked = Objective(
        name="precision", metric="precision", label="every", at_least=0.79, window_days=7, minimum=100, breaches=3
    )
    days = []
    for number in range(30):
        under = max(0, number - (30 - below) + 1)
        kept = Kept.MET if not under else Kept.BREACHED if under >= 3 else Kept.BELOW
        days.append(ObjectiveDay(START_S // 86400 * 86400 + 86400 * number, 0.88 - 0.05 * under, 140, under, kept))
    breached = next((day.day_s for day in days if day.kept is Kept.BREACHED), None)
    return ObjectiveStanding(asked, tuple(days), breached)


def trust(camera: str, score: float, drift: float = float("nan")) -> TrustScore:
    parts = (
        TrustPart("accuracy", float("nan"), 0.4, "no labels have come back"),
        TrustPart("drift", score if drift != drift else drift, 0.3, "brightness 3.1 times its band"),
        TrustPart("domain", 0.98, 0.2, "2 % of frames outside"),
        TrustPart("camera", 1.0, 0.1, "no fault"),
    )
    return TrustScore(camera, score, 0.6, parts)


def watched(kinds: Sequence[tuple[str, str]], detailed: int = 4) -> Watched:
    """Everything a page can show of these cameras."""
    findings = fleet(kinds)
    dice = np.random.default_rng(9)
    shown = [name for name, kind in kinds if kind in SEVERITIES][:detailed] or [name for name, _ in kinds][:detailed]
    counts = {
        name: Counted(
            START_S,
            START_S + 3600 * WINDOWS,
            EDGES,
            {signal: dice.multinomial(1000, np.full(11, 1 / 11)) for signal in EDGES},
            {signal: dice.multinomial(500, dice.dirichlet(np.full(11, 2.0))) for signal in EDGES},
        )
        for name in shown
    }
    traces = tuple(
        Trace(one.id, Step("decision-0123", "propose-retraining"), Step("queue-4567", "200 frames"))
        for one in findings.incidents[:1]
    )
    diagnoses = (Diagnosis("", Drift.DATA, 0.91, 0.95, 0.88, 0.93, 180),)
    return Watched(
        release=Release("Warehouse parcels 7", BUNDLE, ("int8",), {"box": "Box"}, 60.0),
        begins_s=START_S,
        ends_s=START_S + 3600 * WINDOWS,
        findings=findings,
        objectives=(objective(below=4),),
        diagnoses=diagnoses,
        trust=(trust("", 0.71), *(trust(name, 0.3 + 0.6 * (kind == "quiet")) for name, kind in kinds)),
        health=tuple(health(name, failed=7 * (kind == "alarm"), starts=1) for name, kind in kinds),
        counted=counts,
        traces=traces,
        samples=tuple(
            Sample(f"{number:064x}", name, "2026-06-02T09:00:00.000Z", ("low-margin",), ("out-of-domain:brightness",))
            for number, (name, _) in enumerate(kinds[:8])
        ),
    )
