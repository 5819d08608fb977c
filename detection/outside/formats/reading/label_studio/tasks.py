"""The tasks of a Label Studio export as values: who answered what, unjudged. Knows the JSON, not the geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

_BOM = b"\xef\xbb\xbf"


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Annotation(_Row):
    """One person's answer."""

    completed_by: Any = None
    was_cancelled: bool | None = False
    ground_truth: bool | None = False
    result: list[dict[str, Any]]


class Task(_Row):
    """One image with everybody's answers."""

    id: int | str | None = None
    annotations: list[Annotation] = Field(validation_alias=AliasChoices("annotations", "completions"))
    data: dict[str, Any]


_TASKS = TypeAdapter(list[Task])


class TasksError(Exception):
    """Why a file is no export of tasks: one line for each fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def parse(content: bytes) -> list[Task]:
    """The tasks of a JSON file in UTF-8, with or without a byte order mark.

    Raises:
        TasksError: not JSON, or not a full export.
    """
    try:
        return _TASKS.validate_json(content.removeprefix(_BOM))
    except ValidationError as error:
        raise TasksError([_fault(e) for e in error.errors(include_url=False, include_input=False)]) from error


def _fault(error: Mapping[str, Any]) -> str:
    place = ".".join(map(str, error["loc"])) or "the file"
    if error["type"] == "missing" and error["loc"][-1] in ("annotations", "data"):
        return f"{place} is missing; export as JSON, not as JSON-MIN or another form"
    return f"{place}: {error['msg']}"


def person(completed_by: object, otherwise: str) -> str:
    """Who answered: a number, or a description of which e-mail, user name or id counts."""
    if isinstance(completed_by, Mapping):
        told = (completed_by.get(key) for key in ("email", "username", "id"))
        completed_by = next((value for value in told if value not in (None, "")), None)
    if isinstance(completed_by, bool) or not isinstance(completed_by, int | str):
        return otherwise
    return str(completed_by).strip() or otherwise


def scalars(values: Mapping[str, Any]) -> dict[str, str]:
    """Texts, numbers and truth values among the values, as text; all else is left out."""
    plain = {key: value for key, value in values.items() if isinstance(value, str | int | float)}
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in plain.items()
        if value != ""
    }
