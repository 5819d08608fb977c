"""``detection registry rollback``: back to what was live in a slot before, or to nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.doing import options
from detection.commands.registry.doing.options import InSlot, KeyFile, PassphraseFile, PeopleFile, Reason, RegistryUrl
from detection.outside.registry import acting, places
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.surroundings import Handed, surroundings

EPILOG = (
    'Example: detection registry rollback line-1/prod --reason "misses tubes at dusk" '
    "--key ~/.detection-keys/engineer-1.key"
)


def run(
    slot: InSlot,
    reason: Reason,
    key: KeyFile,
    to: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Was live here before; `nothing` withdraws. The one before if left out."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Go back to a version that was live in this slot before, at once and without new approvals; with a reason."""
    where, words = places.slot_of(slot), options.line(reason)
    signer = options.signer_of(key, passphrase_file)
    with places.opened(registry) as here:
        now = surroundings(where, Handed(people), (), datetime.now(UTC))
        actor = acting.actor_of(signer, now.people)
        wish = acting.back_to(here, where, to, words)
        refusals = acting.refusals_of(acting.carry_out(here, wish, actor, now))
        after = "nothing" if wish.verb == "withdraw" else str(here.version(wish.digest).number) if wish.digest else ""
    options.tell(refusals, f"{where}: {after} is live again, by {actor.person}: {words}")
