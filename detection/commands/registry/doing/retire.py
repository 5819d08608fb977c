"""``detection registry retire``: a version may never be promoted again."""

from __future__ import annotations

from datetime import UTC, datetime

from detection.commands.registry.doing import options
from detection.commands.registry.doing.options import KeyFile, PassphraseFile, PeopleFile, Reason
from detection.commands.registry.options import Named, RegistryUrl
from detection.outside.registry import places
from detection.outside.registry.orders import acting
from detection.outside.registry.orders.acting import Ending
from detection.outside.registry.orders.surroundings import enough
from detection.outside.registry.people import PEOPLE

EPILOG = 'Example: detection registry retire 1.0.0 --reason "labels were wrong" --key ~/.detection-keys/engineer-1.key'


def run(
    version: Named,
    reason: Reason,
    key: KeyFile,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Take a version out for good: it may never be promoted again, nor gone back to; not while it is live anywhere."""
    words = options.line(reason)
    signer = options.signer_of(key, passphrase_file)
    with places.opened(registry) as here:
        found = here.version(version)
        read = enough(None, people, datetime.now(UTC))
        actor, ending = acting.actor_of(signer, read.now.people), Ending("retire", found.content.digest, words)
        refusals = acting.refusals_of(acting.end(here, ending, actor, options.though(read)))
    options.tell(refusals, f"{found.content.model} {found.number} is retired for good: {words}")
