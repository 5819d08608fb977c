"""Options that verbs share, and what they accept."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone
from pathlib import Path

from detection.errors import DetectionError


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """The bundle, its variant, and the threads."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")
    parser.add_argument("--variant", metavar="NAME", help="model variant (run: the bundle's first; selftest: all)")
    parser.add_argument("--engine", type=Path, metavar="FILE", help="run what `build` made here; with --variant")
    parser.add_argument("--threads", type=threads, default=1, metavar="N", help="that compute a frame (default 1)")


def require_named(chosen: argparse.Namespace) -> None:
    """An engine is of one variant, which must be said.

    Raises:
        DetectionError: it was not.
    """
    if chosen.engine is not None and chosen.variant is None:
        raise DetectionError("--engine is of one variant; name it with --variant")


def add_trust_option(parser: argparse.ArgumentParser) -> None:
    """Whose signatures count."""
    parser.add_argument(
        "--trust", type=Path, metavar="DIR",
        help="refuse a bundle that is not signed by the keys of this folder (trust.json and *.pem)",
    )  # fmt: skip


def threads(text: str) -> int:
    """1 to 256 threads."""
    if not (text.isdecimal() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(f"{text!r}; expected 1 to 256 threads")
    return int(text)


def seconds(text: str) -> float:
    """More than 0 and at most a day."""
    return _positive(text, 86_400, "seconds")


def milliseconds(text: str) -> float:
    """More than 0 and at most an hour."""
    return _positive(text, 3_600_000, "milliseconds")


def port(text: str) -> int:
    """0 to 65535."""
    if not (text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r}; expected a port from 1 to 65535, or 0 for a free one")
    return int(text)


def count(text: str) -> int:
    """1 to a million."""
    if not (text.isdecimal() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r}; expected 1 to 1000000")
    return int(text)


def share(text: str) -> float:
    """0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r}; expected a part of a whole, 0 to 1")
    return value


def moment(text: str) -> datetime:
    """A time with its zone; without one it is UTC."""
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; expected like 2026-11-21T06:00:00Z") from error
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def condition(text: str) -> str:
    """A condition and its value."""
    if not all(text.partition("=")):
        raise argparse.ArgumentTypeError(f"{text!r}; expected a name and a value like lighting=dusk")
    return text


def _positive(text: str, most: int, unit: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= most:
        raise argparse.ArgumentTypeError(f"{text!r}; expected more than 0 and at most {most} {unit}")
    return value
