"""Where a version can be live, and how far it has come there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from pydantic import ConfigDict

from detection.rules.field.retrain.evidence import STRICT
from detection.rules.spec.governance import Environment

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Stage(str, Enum):
    """How far a version has come in one slot."""

    NONE = "None"
    """It is not registered for this slot."""
    DEVELOPMENT = "Development"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A place where at most one version of a model is live.

    Attributes:
        model: name of the product.
        place: id of ``specs/slots/<place>.yaml``.
        environment: dev, staging or prod.
    """

    model: str
    place: str
    environment: Environment

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    def __str__(self) -> str:
        """``model/place/environment``: how people write it."""
        return f"{self.model}/{self.place}/{self.environment}"
