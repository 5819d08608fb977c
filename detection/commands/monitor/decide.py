"""``detection monitor decide``: what should be done about what the field shows? Stored with everything it follows from.

Reads  a telemetry folder or store, the bundle that was running, closed review sessions
Writes one entry into the folder of decisions; the same evidence is never decided twice
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from detection.commands.monitor.options import BUNDLE, Baselines, Ran, Sessions, Telemetry
from detection.edge.trust.bundle import open_bundle
from detection.outside.decisions import Ledger
from detection.outside.monitoring.lineage import Places
from detection.outside.monitoring.watching import Question, spec_of, watched
from detection.outside.review import sessions
from detection.rules.evidence.field.health import added, p95_ms
from detection.rules.evidence.field.page import Watched
from detection.rules.field.retrain.evidence import Evidence, Live
from detection.rules.field.retrain.gathering import Seen, gathered
from detection.rules.field.retrain.policy import policy_of
from detection.rules.field.retrain.records import Record

EPILOG = "Example: detection monitor decide telemetry --bundle export/bundle --live-since 2026-06-01"

Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="When the bundle went live, UTC; else its first minute."),
]
Previous = Annotated[str, typer.Option(metavar="SHA256", help="Manifest that was live before in the same slot.")]
Authorised = Annotated[
    bool, typer.Option("--rollback-authorised", help="Going back to it was authorised with the promotion.")
]
Out = Annotated[Path, typer.Option("--decisions", metavar="DIR", help="Folder of decisions; it only grows.")]


def decide(
    telemetry: Telemetry,
    bundle: Ran = BUNDLE,
    baselines: Baselines = None,
    session: Sessions = None,
    live_since: Since = None,
    previous: Previous = "",
    rollback_authorised: Authorised = False,
    decisions: Out = Path("decisions"),
) -> None:
    """Decide what to do about it (keep, sample, investigate, propose retraining, roll back), and store it."""
    opened = open_bundle(bundle)
    seen = watched(Question(telemetry, opened, baselines, places=Places(sessions=tuple(session or ())), detailed=0))
    began = datetime.fromtimestamp(seen.begins_s, UTC) if live_since is None else live_since.replace(tzinfo=UTC)
    whole = added(seen.health)
    p95 = p95_ms(whole)
    live = Live(
        opened.digest, began, previous, rollback_authorised, whole.counters.frames, whole.counters.failed,
        None if p95 != p95 else round(p95, 3),
    )  # fmt: skip
    known = _evidence(seen, live, tuple(session or ()))
    _show(Console(), Ledger(decisions).decide(known, policy_of(spec_of(opened)), datetime.now(UTC)), decisions)


def _evidence(seen: Watched, live: Live, reviewed: tuple[Path, ...]) -> Evidence:
    """What is known up to the end of the telemetry; labels are those of closed sessions."""
    closed = [one for one in map(sessions.closed, reviewed) if one is not None]
    found = Seen(seen.findings.incidents, seen.diagnoses, seen.objectives, seen.degraded)
    as_of = datetime.fromtimestamp(seen.ends_s, UTC)
    return gathered(as_of, live, found, sum(one.delivered for one in closed))


def _show(console: Console, record: Record, folder: Path) -> None:
    decision = record.decision
    console.print(f"{decision.action.value}  ({record.id})", style="bold", highlight=False, markup=False)
    for ground in decision.grounds:
        console.print(f"  because {ground.words}", highlight=False, markup=False)
    for ground in decision.held_back:
        console.print(f"  held back: {ground.words}", highlight=False, markup=False)
    if decision.labels_wanted:
        cost = f"{decision.labels_wanted} frames to label, about {decision.label_hours:g} h of a person's time"
        where = f" (cameras: {', '.join(decision.cameras)})" if decision.cameras else ""
        console.print(f"  {cost}{where}", highlight=False, markup=False)
    console.print(f"kept in {folder}; `detection replay {record.id}` takes it again", highlight=False, markup=False)
