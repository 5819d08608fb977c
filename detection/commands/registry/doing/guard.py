"""``detection registry guard``: does the live version hold what its slot asks? If it surely does not, go back.

Reads  the registry; telemetry and closed review sessions; the bundle that is live
Writes the way back into the registry, at most once for each time that a version is live; or why it is for a person
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.commands.registry.doing import options
from detection.commands.registry.doing.options import InSlot, PeopleFile
from detection.commands.registry.options import RegistryUrl
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.outside import exits
from detection.outside.database.registry import Registry
from detection.outside.registry import places
from detection.outside.registry.orders import executor, notes
from detection.outside.registry.orders.executor import DONE, GuardError, Meant, Watched
from detection.outside.registry.orders.field import Field, seen_of
from detection.outside.registry.orders.surroundings import enough
from detection.outside.registry.people import PEOPLE
from detection.rules.registry.returns.triggers import Outcome
from detection.rules.registry.situations import Surroundings
from detection.rules.registry.slots import Slot

EPILOG = "Example: detection registry guard line-1/prod telemetry --bundle export/bundle --dry-run"


def run(
    slot: InSlot,
    telemetry: Annotated[
        Path, typer.Argument(metavar="TELEMETRY", help="Folder of `run --telemetry`, or a receiver's store.")
    ],
    bundle: Annotated[Path, typer.Option(metavar="DIR", help="The bundle that is live.")] = Path("export/bundle"),
    session: Annotated[
        list[Path] | None,
        typer.Option(
            "--session", metavar="DIR", help="A closed session of reviewers, for triggers on precision; repeat."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Judge a slot's rollback triggers; if one is tripped, go back to the version before. Exit status 2 if one is."""
    field = Field(telemetry, tuple(session or ()))
    with places.opened(registry) as here:
        where = places.slot_known(slot, here)
        if not dry_run:
            _resume(here, where, people)
        guarded = executor.watched(here, where)
        found = _looked(where, guarded, field, open_bundle(bundle))
        _tell(found.outcomes if isinstance(found, Meant) else found)
        if isinstance(found, Meant):
            _return(here, found, _now(where, people), dry_run)


def _resume(registry: Registry, slot: Slot, people: Path) -> None:
    """Finish what was begun; where that took the slot back, there is nothing more to judge in this run.

    Raises:
        typer.Exit: the slot went back.
    """
    finished = executor.resume(registry, slot, _now(slot, people))
    for one in finished:
        said = "went back" if one.outcome == DONE else "somebody was quicker, so it did not go back"
        words = f"{slot}: {said} from {one.meant.back_from[:12]}: {one.meant.reason}"
        print(exits.shown(f"finished what was begun: {words}"))
    if any(one.outcome == DONE for one in finished):
        raise typer.Exit(exits.REFUSED)


def _looked(slot: Slot, guarded: Watched, field: Field, bundle: Bundle) -> Meant | tuple[Outcome, ...]:
    if bundle.digest != guarded.live.content.digest:
        raise GuardError(
            f"{bundle.folder}: is {bundle.digest[:12]}..., live in {slot} is {guarded.live.number} "
            f"({guarded.live.content.digest[:12]}...); name its folder with --bundle"
        )
    as_of_s = int(time.time())
    return executor.looked(slot, guarded, seen_of(field, bundle, guarded.triggers, as_of_s), as_of_s)


def _return(registry: Registry, meant: Meant, now: Surroundings, dry_run: bool) -> None:
    """Do it, or say what would be done.

    Raises:
        typer.Exit: always: a trigger is tripped.
    """
    refusals = executor.doubts(registry, meant, now) if dry_run else executor.go_back(registry, meant, now)
    for one in refusals:
        print(exits.shown(f"not by itself: {one.why}: {one.words}"))
    if refusals and not dry_run:
        options.noted(lambda: notes.note(registry, meant, refusals, datetime.now(UTC)))
    if not refusals:
        said = "would go back" if dry_run else "went back"
        print(f"{meant.slot} {said} from {meant.back_from[:12]} to {meant.back_to[:12]}")
    raise typer.Exit(exits.REFUSED)


def _tell(outcomes: tuple[Outcome, ...]) -> None:
    for one in outcomes:
        print(exits.shown(f"{one.standing:<10}  {one.kind}: {one.words}"))


def _now(slot: Slot, people: Path) -> Surroundings:
    return options.though(enough(slot, people, datetime.now(UTC)))
