"""The registry's verbs as people type them, and what came of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import StringIO

import pytest

from detection import cli
from detection.outside.database.registry import open_registry
from detection.rules.registry.slots import Slot, Stage

URL = "sqlite:///registry.db"
PROD, DEV = Slot("warehouse-parcels", "line-1", "prod"), Slot("warehouse-parcels", "line-1", "dev")
ENGINEER, QUALITY = ("--key", "keys/engineer-1.key"), ("--key", "keys/quality-1.key")


class Said(str):
    """What a command printed; its exit status and what it said beside it."""

    status: int
    aside: str


@dataclass(frozen=True)
class Say:
    """A terminal: type a verb with its words, and answer its questions."""

    printed: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *words: str, answer: str = "y\n") -> Said:
        """What ``detection registry`` makes of it; errors are raised as they are."""
        self.patch.setattr(sys, "stdin", StringIO(answer))
        status = 0
        try:
            cli.call(["registry", *words])
        except SystemExit as end:
            status = int(str(end.code or 0))
        read = self.printed.readouterr()
        said = Said(read.out)
        said.status, said.aside = status, read.err
        return said

    def done(self, *words: str) -> Said:
        """As typed; the command must have ended well."""
        said = self(*words)
        assert said.status == 0, f"{' '.join(words)}: {said}"
        return said


def stage_of(name: str = "latest", slot: Slot = PROD) -> Stage:
    """How far a version has come."""
    with open_registry(URL) as registry:
        return registry.stage_of(slot, registry.version(name).content.digest)


def live(slot: Slot = PROD) -> str:
    """Number of what is live; empty for nothing."""
    with open_registry(URL) as registry:
        return next((str(one.version.number) for one in registry.live() if one.slot == slot), "")


def entries() -> list[str]:
    """Actions of the whole log."""
    with open_registry(URL) as registry:
        return [str(entry.action) for entry in registry.entries()]


def is_whole() -> bool:
    """The chain and every table hold."""
    with open_registry(URL) as registry:
        return registry.fault() is None
