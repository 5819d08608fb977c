"""``detection review queue``: choose frames that devices sampled, and put them into a folder for a person to look at.

Reads  the samples, the bundle that ran, the specification; incidents or a stored decision; the data set, if there
Writes the queue's folder, named by --out
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from detection.errors import DetectionError

if TYPE_CHECKING:
    from detection.edge.telemetry.samples import Sample
    from detection.rules.field.queue.candidates import Suspicion
    from detection.rules.field.queue.items import Queue

EPILOG = "Example: detection review queue --from samples --incidents incidents.json --out queue"

Samples = Annotated[Path, typer.Option("--from", metavar="SAMPLES", help="Folder that `run --samples` wrote to.")]
Incidents = Annotated[Path | None, typer.Option(metavar="FILE", help="Open incidents, as the monitor wrote them.")]
Decided = Annotated[str, typer.Option("--decision", metavar="ID", help="The stored decision that asks for it.")]
Decisions = Annotated[Path, typer.Option(metavar="DIR", help="Where decisions are stored.")]
Ran = Annotated[Path, typer.Option("--bundle", help="The bundle that was running.")]
Specified = Annotated[Path, typer.Option("--spec", help="Whose quotas, bounds and classes count.")]
Known = Annotated[Path, typer.Option(metavar="DIR", help="The data set: what is known; passed over if not there.")]
Earlier = Annotated[list[Path] | None, typer.Option(metavar="QUEUE", help="Its frames are not queued again; repeat.")]
Moment = Annotated[str, typer.Option(metavar="TIME", help="When the clock begins to run; empty is now (UTC).")]
Out = Annotated[Path, typer.Option(help="Folder of the queue; must not be there yet.")]


def run(
    samples: Samples,
    incidents: Incidents = None,
    decision: Decided = "",
    decisions: Decisions = Path("decisions"),
    bundle: Ran = Path("export/bundle"),
    spec: Specified = Path("specs/spec.yaml"),
    known: Known = Path("data"),
    earlier: Earlier = None,
    at: Moment = "",
    out: Out = Path("queue"),
) -> None:
    """Choose sampled frames by reason, quota and camera, without near-duplicates, and say until when each is due."""
    from detection.edge.trust.bundle import open_bundle  # slow to load
    from detection.outside.queues.making import Asked, make

    suspicions = _suspicions(incidents, decision, decisions)
    asked = Asked(samples, spec, known, tuple(earlier or ()), decision and _found(decision, decisions), suspicions)
    queue = make(asked, open_bundle(bundle), _moment(at), out, _shown)
    Console().print(table_of(queue))
    print(f"{out}: {queue.id}, {len(queue.items)} frames; next: detection review open {out}")


def table_of(queue: Queue) -> Table:
    """One row a reason: how many frames, of how many cameras, until when, and what was left out."""
    shown = Table(title="review queue", title_justify="left")
    for name in ("reason", "frames", "cameras", "due", "left out"):
        shown.add_column(name, justify="right" if name in ("frames", "cameras") else "left", overflow="fold")
    reasons = dict.fromkeys([*(item.reason for item in queue.items), *(one.reason for one in queue.left_out)])
    for reason in reasons:
        items = [item for item in queue.items if item.reason == reason]
        due = f"{min(item.due_at for item in items):%Y-%m-%d %H:%M} UTC" if items else "–"
        said = ", ".join(f"{one.frames} {one.why}" for one in queue.left_out if one.reason == reason)
        cameras = len({item.camera for item in items})
        shown.add_row(escape(reason) or "(none)", str(len(items)), str(cameras), due, escape(said))
    return shown


def _suspicions(incidents: Path | None, decision: str, decisions: Path) -> tuple[Suspicion, ...]:
    from detection.outside.decisions import Ledger
    from detection.outside.queues import asked

    told = () if incidents is None else asked.by_incidents(incidents)
    return told if not decision else (*told, *asked.by_decision(Ledger(decisions).find(decision)))


def _found(decision: str, decisions: Path) -> str:
    """The decision's whole id."""
    from detection.outside.decisions import Ledger

    return Ledger(decisions).find(decision).id


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DetectionError(f"--at {text}: is no time; expected one such as 2026-11-21T06:00:00Z") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _shown(samples: list[Sample]) -> Iterable[Sample]:
    return track(samples, "looking at samples", console=Console(stderr=True), transient=True)
