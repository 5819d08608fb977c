"""``detection registry rollback``: back to what was live in a slot before, or to nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.doing import options
from detection.commands.registry.doing.options import InSlot, KeyFile, PassphraseFile, PeopleFile, Reason
from detection.commands.registry.options import RegistryUrl
from detection.outside.registry import places
from detection.outside.registry.orders import acting
from detection.outside.registry.orders.surroundings import enough
from detection.outside.registry.people import PEOPLE

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
        typer.Option(
            metavar="VERSION", help="That was live here before, or `nothing` to withdraw; the one before if left out."
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Go back to a version that was live in this slot before, at once and without new approvals; with a reason."""
    words, signer = options.line(reason), options.signer_of(key, passphrase_file)
    with places.opened(registry) as here:
        where = places.slot_known(slot, here)
        found = enough(where, people, datetime.now(UTC))
        actor = acting.actor_of(signer, found.now.people)
        wish = acting.back_to(here, where, to, words)
        refusals = acting.refusals_of(acting.carry_out(here, wish, actor, options.though(found)))
        after = f"{here.version(wish.digest).number} is live again" if wish.digest else "nothing is live any more"
    options.tell(refusals, f"{where}: {after}, by {actor.person}: {words}")
