"""The manner of every document that people write: unknown keys, non-finite numbers and loose types are faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""A name that may become a file name, a key or a metric label. Display names never do."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two places of one document that cannot both hold."""

    place: tuple[str | int, ...]
    """Keys and positions that lead to the place to mend."""
    words: str


class Document(BaseModel):
    """Base of the spec's and the parameters' models: frozen, strict, no key without a meaning."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    def contradictions(self) -> list[Contradiction]:
        """What no field can see alone; whoever reads the document refuses it with these."""
        return []
