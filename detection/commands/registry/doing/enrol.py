"""``detection registry enrol``: one more person who may act, with a key of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detection.commands.registry.doing.options import KEYS, PassphraseFile, PeopleFile, passphrase
from detection.edge.trust.keys import Key, key_of
from detection.errors import BundleError
from detection.outside import keys as key_files
from detection.outside.registry import people as enrolled
from detection.outside.registry.people import PEOPLE

EPILOG = "Example: detection registry enrol quality-1 --role quality --passphrase"


def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of the person: lower-case letters, digits, - and _.")],
    role: Annotated[list[str], typer.Option("--role", metavar="ROLE", help="What they may approve as; repeat.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the key's files; outside the checkout.")] = KEYS,
    public: Annotated[
        Path | None,
        typer.Option("--public", metavar="FILE", help="A public key (*.pem) that was made elsewhere; no key is made."),
    ] = None,
    lock: Annotated[bool, typer.Option("--passphrase", help="Lock the private key; asks for the words.")] = False,
    passphrase_file: PassphraseFile = None,
    people: PeopleFile = PEOPLE,
) -> None:
    """Add a person to specs/people.yaml: makes NAME.key, which stays with them, and enters its public half."""
    enrolled.refuse_taken(name, people)
    enrolled.person_of(name, role, "A" * 43 + "=")
    folder = out.expanduser()
    key = _read(public) if public else key_files.make(folder, name, passphrase(passphrase_file, lock, confirm=True))
    enrolled.add(enrolled.person_of(name, role, enrolled.public_of(key)), people)
    if public is None:
        print(f"private key  {folder / name}{key_files.PRIVATE} (keep it; whoever has it is {name})")
    print(f"key id       {key.id}")
    print(f"{people}: {name} may act as {', '.join(role)}; commit the file: it is reviewed like code")


def _read(path: Path) -> Key:
    try:
        return key_of(path.stem, path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); name a public key (*.pem)") from error
