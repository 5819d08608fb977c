"""``detection registry deprecate``: a version should not be used any more, and from a day on may not be promoted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from detection.commands.registry.doing import options
from detection.commands.registry.doing.options import KeyFile, PassphraseFile, PeopleFile, Reason
from detection.commands.registry.options import Named, RegistryUrl
from detection.outside.registry import places
from detection.outside.registry.orders import acting
from detection.outside.registry.orders.acting import Ending
from detection.outside.registry.orders.surroundings import enough
from detection.outside.registry.people import PEOPLE

EPILOG = (
    'Example: detection registry deprecate 1.0.0 --reason "superseded" --end-of-life 2027-06-30 '
    "--key ~/.detection-keys/engineer-1.key"
)


def run(
    version: Named,
    reason: Reason,
    end_of_life: Annotated[
        str, typer.Option(metavar="DATE", help="YYYY-MM-DD; from this day on it may not be promoted.")
    ],
    key: KeyFile,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Say that a version should not be used any more, why, and when its life ends; where it is live it stays so."""
    words, day = options.line(reason), options.day(end_of_life)
    signer = options.signer_of(key, passphrase_file)
    with places.opened(registry) as here:
        found = here.version(version)
        read = enough(None, people, datetime.now(UTC))
        actor, ending = acting.actor_of(signer, read.now.people), Ending("deprecate", found.content.digest, words, day)
        refusals = acting.refusals_of(acting.end(here, ending, actor, options.though(read)))
    options.tell(refusals, f"{found.content.model} {found.number} is deprecated, its life ends on {day}: {words}")
