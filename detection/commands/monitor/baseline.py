"""``detection monitor baseline``: accept a period of a camera's own telemetry as its baseline.

Reads  a telemetry folder or store, and the bundle that was running
Writes one folder below --out, which is then named to `detection monitor --baselines`
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.commands.monitor.options import BUNDLE, Ran, Telemetry
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.errors import TelemetryError
from detection.outside.monitoring import baselines
from detection.outside.telemetry.reading import telemetry_of
from detection.outside.telemetry.watched import monitoring_of
from detection.rules.field.watching.learnt import FORMAT, Acceptance, period, refusal
from detection.rules.field.watching.null import BLOCKS_MINIMUM

EPILOG = (
    "Example: detection monitor baseline telemetry --camera dock-7 --from 2026-06-01 --until 2026-06-15 "
    '--accepted-by site-engineer --reason "new camera, frames looked at"'
)

Camera = Annotated[str, typer.Option(help="Whose telemetry.")]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Begin, UTC.")]
Until = Annotated[datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="End, UTC; itself outside.")]
By = Annotated[str, typer.Option(help="Role of the person who looked at the camera's frames.")]
Reason = Annotated[str, typer.Option(help="Why this is normal, in their words.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of all baselines.")]
Replace = Annotated[bool, typer.Option("--replace", help="For a camera that the release was validated on, too.")]


def baseline(
    telemetry: Telemetry,
    camera: Camera,
    begin: From,
    until: Until,
    accepted_by: By,
    reason: Reason,
    bundle: Ran = BUNDLE,
    out: Out = Path("baselines"),
    replace: Replace = False,
) -> None:
    """Accept a period of a camera's own telemetry as its baseline, for a camera that the release never saw."""
    begins, ends, opened = begin.replace(tzinfo=UTC), until.replace(tzinfo=UTC), open_bundle(bundle)
    _require_stranger(opened, camera, replace)
    _require_words(accepted_by, reason)
    minutes = telemetry_of(telemetry, opened).minutes(camera, camera)
    chosen = period(minutes, camera, begins.timestamp(), ends.timestamp())
    refused = refusal(chosen, monitoring_of(opened).minimum_frames)
    if refused:
        raise TelemetryError(
            f"{telemetry}: camera {camera!r}, {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}: {refused}"
        )
    frames, now = int(chosen.frames.sum()), datetime.now(UTC)
    acceptance = Acceptance(
        FORMAT, opened.digest, camera, begins, ends, accepted_by, now, reason, len(chosen), frames, ""
    )
    place = baselines.write(out, acceptance, chosen)
    print(f"{place}: {camera}, {len(chosen):,} minutes, {frames:,} frames; use it with --baselines {out}")


def _require_stranger(bundle: Bundle, camera: str, replace: bool) -> None:
    """A known camera's drift must not be accepted away by mistake."""
    own = sum(block.camera == camera for block in bundle.reference().blocks)
    if own >= BLOCKS_MINIMUM and not replace:
        raise TelemetryError(
            f"{bundle.folder}: camera {camera!r} has a baseline of its own, {own} validated scenes; one from "
            "the field would hide how far it has moved since; say --replace if that is what is meant"
        )


def _require_words(accepted_by: str, reason: str) -> None:
    if not accepted_by.strip() or not reason.strip():
        raise TelemetryError("--accepted-by and --reason: are empty; say in which role, and why this is normal")
