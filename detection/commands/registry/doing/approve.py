"""``detection registry approve``: somebody looks at the evidence of a version, and signs that it may go live."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from detection.commands.registry.doing import options, showing
from detection.commands.registry.doing.options import Comparisons, InSlot, KeyFile, PassphraseFile, PeopleFile, Yes
from detection.commands.registry.options import Named, RegistryUrl
from detection.outside import exits
from detection.outside.database.registry import Registry
from detection.outside.registry import places
from detection.outside.registry.orders import acting, approving
from detection.outside.registry.orders.approving import Asked, Candidacy
from detection.outside.registry.orders.surroundings import Handed, surroundings
from detection.outside.registry.people import PEOPLE

EPILOG = "Example: detection registry approve latest line-1/prod --key ~/.detection-keys/quality-1.key"


def run(
    version: Named,
    slot: InSlot,
    key: KeyFile,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="That you sign in; if left out, one of yours that is asked for.")
    ] = None,
    words: Annotated[str, typer.Option("--words", metavar="WORDS", help="What you say with it; kept for good.")] = "",
    comparison: Comparisons = None,
    yes: Yes = False,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Show the evidence of a version, ask, and sign that it may go live in a slot."""
    where, said = places.slot_of(slot), options.line(words)
    signer = options.signer_of(key, passphrase_file)
    handed = Handed(people, tuple(comparison or ()))
    with places.opened(registry) as here:
        found, now = here.version(version, where.model), surroundings(where, handed, here, datetime.now(UTC))
        candidacy = Candidacy(found, where, acting.actor_of(signer, now.people))
        chosen = role or approving.role_of(candidacy, now)
        asked = approving.asked_of(here, candidacy, chosen, said, now)
        _show(here, candidacy, asked)
        if not yes and not typer.confirm(f"sign as {candidacy.actor.person}, in the role {chosen}?", err=True):
            print("not approved; nothing was changed")
            raise typer.Exit(exits.REFUSED)
        after = options.at_once(surroundings(where, handed, here, datetime.now(UTC)))
        refusals = approving.approve(here, candidacy, replace(asked, signed_at=after.now), after)
    title = f"{found.content.model} {found.number}"
    options.tell(refusals, f"{title} is approved for {where} by {candidacy.actor.person} as {chosen}")


def _show(registry: Registry, candidacy: Candidacy, asked: Asked) -> None:
    """All that the signature will be about; leaves where nothing may be signed.

    Raises:
        typer.Exit: the approval would not be kept.
    """
    console = Console()
    version, slot = candidacy.version, candidacy.slot
    live = registry.situation(slot, version.content.digest).live
    showing.show(console, version, slot, approving.verdict_of(version.content))
    showing.show_beside(console, version, live, asked.compared)
    console.print(showing.shown_surroundings(slot, asked.shown), highlight=False, soft_wrap=True)
    if doubts := approving.doubts(registry, candidacy, asked):
        showing.show_doubts(console, doubts)
        raise typer.Exit(exits.REFUSED)
