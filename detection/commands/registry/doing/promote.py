"""``detection registry promote``: a version goes one slot's way to Staging or Production."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

import typer

from detection.commands.registry.doing import options
from detection.commands.registry.doing.options import Comparisons, InSlot, KeyFile, PassphraseFile, PeopleFile
from detection.commands.registry.options import Named, RegistryUrl
from detection.outside.registry import places
from detection.outside.registry.orders import acting
from detection.outside.registry.orders.acting import Wish
from detection.outside.registry.orders.surroundings import Handed, surroundings
from detection.outside.registry.people import PEOPLE
from detection.rules.registry.slots import Stage

EPILOG = "Example: detection registry promote latest line-1/prod --key ~/.detection-keys/engineer-1.key"


class Goal(str, Enum):
    """Where to."""

    STAGING = "staging"
    PRODUCTION = "production"


STAGES = {Goal.STAGING: Stage.STAGING, Goal.PRODUCTION: Stage.PRODUCTION}


def run(
    version: Named,
    slot: InSlot,
    key: KeyFile,
    to: Annotated[Goal, typer.Option(help="How far; on its way to production it passes staging.")] = Goal.PRODUCTION,
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept for good.")] = "",
    comparison: Comparisons = None,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Put a version into Staging or Production of a slot, if all that is asked for holds; the old one is archived."""
    where, words = places.slot_of(slot), options.line(reason)
    signer = options.signer_of(key, passphrase_file)
    with places.opened(registry) as here:
        found = here.version(version, where.model)
        handed = Handed(people, tuple(comparison or ()))
        now = surroundings(where, handed, here, datetime.now(UTC))
        actor = acting.actor_of(signer, now.people)
        wish = Wish("promote", where, found.content.digest, STAGES[to], words)
        refusals = acting.refusals_of(acting.carry_out(here, wish, actor, options.at_once(now)))
    options.tell(
        refusals, f"{found.content.model} {found.number} is in {STAGES[to].value} of {where}, by {actor.person}"
    )
