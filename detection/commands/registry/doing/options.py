"""What the verbs that act have in common: where things lie, and who acts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detection.errors import DetectionError
from detection.outside import files
from detection.outside import keys as key_files
from detection.outside.keys import Signer

KEYS = Path("~/.detection-keys")

RegistryUrl = Annotated[
    str | None,
    typer.Option(
        "--registry", metavar="URL", help="sqlite:///FILE or postgresql://HOST/DB; of params.yaml if left out."
    ),
]
KeyFile = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key: it says who you are.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="Read the passphrase from a file instead of asking."),
]
PeopleFile = Annotated[Path, typer.Option("--people", metavar="FILE", help="Who may act.")]
InSlot = Annotated[str, typer.Argument(metavar="SLOT", help="PLACE/ENVIRONMENT, such as line-1/prod.")]
Named = Annotated[
    str, typer.Argument(metavar="VERSION", help="1.2.3, `latest`, or at least 6 characters of the digest.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts that have shown the evidence elsewhere.")]


def signer_of(key: Path, passphrase_file: Path | None) -> Signer:
    """The private key, its passphrase asked for if it has one.

    Raises:
        KeyFileError: unreadable, readable by others, or another passphrase.
    """
    path = key.expanduser()
    return key_files.open_signer(path, passphrase(passphrase_file, key_files.is_locked(path), confirm=False))


def passphrase(file: Path | None, wanted: bool, *, confirm: bool) -> bytes | None:
    """The words that lock a key: from a file, or typed unseen; None if none are wanted.

    Raises:
        DetectionError: the file is empty.
    """
    if file is not None:
        lines = files.read_lines(file)
        if not lines:
            raise DetectionError(f"{file}: is empty; expected a passphrase on its first line")
        return lines[0].encode()
    if not wanted:
        return None
    words: str = typer.prompt("passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return words.encode()
