"""Kinds of numbers that a specification is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1 (not a percentage)."""
OpenShare = Annotated[float, Field(gt=0, lt=1)]
"""A part of a whole, strictly between 0 and 1."""
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
PositiveCount = Annotated[int, Field(ge=1)]
Grey = Annotated[float, Field(ge=0, le=255)]
Bits = Annotated[int, Field(ge=0, le=16)]
"""Of 64: a larger radius joins pictures that have nothing in common."""
Size = Annotated[list[PositiveCount], Field(min_length=2, max_length=2)]
JudgingSet = Literal["test", "golden", "challenge"]
Severity = Literal["blocking", "warning"]
