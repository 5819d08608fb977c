"""What the verbs that act have in common: where things lie, and who acts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.errors import DetectionError
from detection.outside import exits, files
from detection.outside import keys as key_files
from detection.outside.keys import Signer
from detection.outside.registry.orders.surroundings import Enough
from detection.rules.registry.entries import Entry
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.situations import Surroundings
from detection.rules.registry.slots import IDENTIFIER

KEYS = Path("~/.detection-keys")

KeyFile = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key: it says who you are.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="FILE", help="Its first line is the passphrase, instead of asking for it."
    ),
]
PeopleFile = Annotated[Path, typer.Option("--people", metavar="FILE", help="Who may act, with their public keys.")]
InSlot = Annotated[str, typer.Argument(metavar="SLOT", help="PLACE/ENVIRONMENT, such as line-1/prod.")]
Comparisons = Annotated[
    list[Path] | None,
    typer.Option(
        "--comparison", metavar="FILE", help="What `detection compare` wrote; repeat. data/compare if left out."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Show, and act without asking: for scripts.")]
Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept for good.")]

LONGEST = 500
"""Characters of a reason."""


class WordsError(DetectionError):
    """Something typed cannot be kept: say it otherwise."""


def line(words: str) -> str:
    """Words that are kept and shown again later: one line that neither colours nor overwrites anything.

    Raises:
        WordsError: characters that no line has, or too many.
    """
    if not words.isprintable() or len(words) > LONGEST:
        raise WordsError(
            f"{words[:40]!r}: cannot be kept ({len(words)} characters); expected one line of at most {LONGEST} "
            "characters that can be printed"
        )
    return words.strip()


def day(text: str) -> str:
    """A day, ``YYYY-MM-DD``.

    Raises:
        WordsError: it is none.
    """
    try:
        return date.fromisoformat(text).strftime("%Y-%m-%d")
    except ValueError as error:
        raise WordsError(f"{text[:40]!r}: is no day; expected YYYY-MM-DD, such as 2027-06-30") from error


def identifier(name: str) -> str:
    """A name that may become a file name or a metric label.

    Raises:
        WordsError: it is none.
    """
    if IDENTIFIER.fullmatch(name) is None:
        raise WordsError(f"{name[:40]!r}: is no name; expected lower-case letters, digits, - and _, at most 64")
    return name


def at_once(now: Surroundings) -> Surroundings:
    """The same by the clock of this very moment: an order is dated when it is given, however long one looked before."""
    return replace(now, now=datetime.now(UTC))


def though(found: Enough) -> Surroundings:
    """What was read, to act on at once; what could not be read is told beside what is printed."""
    for one in found.unread:
        print(exits.shown(f"without: {one}"), file=sys.stderr)
    return at_once(found.now)


def tell(refusals: Sequence[Refusal], done: str) -> None:
    """Print what was done, or every reason why nothing was; leaves with status 2 for the latter.

    Raises:
        typer.Exit: it was refused.
    """
    if not refusals:
        print(exits.shown(done))
        return
    print("refused; nothing was changed:")
    for one in refusals:
        print(exits.shown(f"  {one.why}: {one.words}"))
    raise typer.Exit(exits.REFUSED)


def noted(note: Callable[[], Entry | None]) -> None:
    """Leave a line in the log. Where that cannot be it is told beside what is printed; what was done stays done."""
    try:
        entry = note()
    except DetectionError as error:
        print(exits.shown(f"not noted in the log: {error}"), file=sys.stderr)
        return
    if entry is not None:
        print(exits.shown(f"noted in the log: entry {entry.number}, by {entry.actor}"))


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
