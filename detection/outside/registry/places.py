"""Where the registry and what it looks at lie in a workspace, and how people name slots on a command line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar, get_args

from pydantic import Field

from detection.errors import DetectionError, DocumentError
from detection.outside import documents
from detection.outside.database.registry import TOLERANCE_S, Registry, open_registry
from detection.rules.document import Document, Identifier
from detection.rules.registry.slots import IDENTIFIER, Slot
from detection.rules.spec.governance import Environment, Governance
from detection.rules.spec.slots import SlotPlan

M = TypeVar("M", bound=Document)

PARAMS = Path("params.yaml")
COMPARISON = Path("data/compare/comparison.json")
SPEC = Path("specs/spec.yaml")
SLOTS = Path("specs/slots")
ENVIRONMENTS: tuple[Environment, ...] = get_args(Environment)


class Section(Document):
    """Section ``register`` of params.yaml."""

    automatic: bool
    """Whether `dvc repro` registers what passed."""
    registry: Annotated[str, Field(min_length=1)]
    """Where the registry is: ``sqlite:///registry.db`` beside params.yaml, or ``postgresql://host/database``."""
    submitter: Identifier
    """Who registers, if nobody else is named; may not approve what they registered."""
    tags: list[Identifier]
    """Words that a version is registered with."""


class SlotError(DetectionError):
    """There is no such slot: name one of those in specs/slots, or write its file."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A slot's file as it is now.

    Attributes:
        path: the file.
        plan: what it says.
        content: its bytes; what is pinned.
    """

    path: Path
    plan: SlotPlan
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Specified:
    """What the specification says of governance.

    Attributes:
        governance: the section.
        digest: SHA-256 of the whole file's bytes.
    """

    governance: Governance
    digest: str


def section() -> Section:
    """What params.yaml says.

    Raises:
        DocumentError: missing, or not as its model.
    """
    found: Section = _parsed(Section, _content(PARAMS), PARAMS, "register")
    return found


def registry_url(option: str | None) -> str:
    """Where the registry is: as asked, else as params.yaml says.

    Raises:
        DocumentError: nothing was asked for, and params.yaml does not say.
    """
    if option:
        return option
    try:
        return section().registry
    except DocumentError as error:
        words = f"{error.headline}; or say where the registry is: --registry sqlite:///registry.db"
        raise DocumentError(words, error.faults) from error


def opened(option: str | None, *, create: bool = False) -> Registry:
    """The registry, open; the clock held to what the spec allows, or to the usual where the spec cannot be read.

    Raises:
        DocumentError: params.yaml does not say where it is.
        RegistryError: there is none, or the database refuses.
    """
    url = registry_url(option)
    try:
        tolerance_s = specified().governance.records.clock_tolerance_s
    except DocumentError:
        tolerance_s = TOLERANCE_S
    return open_registry(url, create, clock_tolerance_s=tolerance_s)


def deployments(folder: Path = SLOTS) -> tuple[Deployment, ...]:
    """All slots' files, by name.

    Raises:
        DocumentError: any number of faults in all files together.
    """
    found: list[Deployment] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(_read(path))
        except DocumentError as error:
            faults += error.faults or [error.headline]
    if faults:
        raise DocumentError(f"{folder}: {len(faults)} fault(s); mend the lines named", faults)
    return tuple(found)


def deployment(place: str, folder: Path = SLOTS) -> Deployment | None:
    """The file of one place; None where there is none.

    Raises:
        DocumentError: it does not follow its model.
    """
    path = folder / f"{place}.yaml"
    return _read(path) if IDENTIFIER.fullmatch(place) and path.exists() else None


def slot_of(words: str, folder: Path = SLOTS) -> Slot:
    """The slot that somebody typed: ``place/environment``, or with the model before it.

    Raises:
        SlotError: not of that form, or no such place, environment or model.
        DocumentError: the slot's file does not follow its model.
    """
    parts = words.split("/")
    if len(parts) not in (2, 3) or not all(IDENTIFIER.fullmatch(part) for part in parts):
        raise SlotError(f"{words!r}: is no slot; expected PLACE/ENVIRONMENT, such as {_example(folder)}")
    place, wanted = parts[-2:]
    found = deployment(place, folder)
    if found is None:
        known = ", ".join(path.stem for path in sorted(folder.glob("*.yaml"))) or "none"
        raise SlotError(f"{words!r}: {folder} has no {place}.yaml; there are: {known}; write it, or choose another")
    environment = next((one for one in found.plan.environments if one == wanted), None)
    if environment is None:
        raise SlotError(
            f"{words!r}: {found.path} has the environments {', '.join(found.plan.environments)}; choose one of them"
        )
    if len(parts) == 3 and parts[0] != found.plan.model:
        raise SlotError(f"{words!r}: {found.path} is a place of {found.plan.model!r}; name that, or leave it out")
    return Slot(found.plan.model, place, environment)


def slot_known(words: str, registry: Registry, folder: Path = SLOTS) -> Slot:
    """As :func:`slot_of`; where the slot's file is gone or damaged, what the registry knows by this name.

    Raises:
        SlotError: neither the files nor the registry have it.
        DocumentError: its file does not follow its model, and the registry does not know it.
    """
    try:
        return slot_of(words, folder)
    except (SlotError, DocumentError):
        known = [one for one in registry.slots() if words in (str(one), f"{one.place}/{one.environment}")]
        if len(known) != 1:
            raise
        return known[0]


def all_slots(folder: Path = SLOTS) -> tuple[Slot, ...]:
    """Every slot that the files declare, in order.

    Raises:
        DocumentError: a file does not follow its model.
    """
    plans = (one.plan for one in deployments(folder))
    return tuple(sorted(Slot(plan.model, plan.id, environment) for plan in plans for environment in plan.environments))


def _read(path: Path) -> Deployment:
    content = _content(path)
    plan: SlotPlan = _parsed(SlotPlan, content, path)
    if plan.id != path.stem:
        raise DocumentError(f"{path}: id is {plan.id!r}; expected the file's name, {path.stem!r}; mend one of them")
    return Deployment(path, plan, content)


def _example(folder: Path) -> str:
    try:
        return next((f"{slot.place}/{slot.environment}" for slot in reversed(all_slots(folder))), "line-1/prod")
    except DocumentError:
        return "line-1/prod"


def specified(path: Path = SPEC) -> Specified:
    """What the specification says as it is now.

    Raises:
        DocumentError: it is not there, or its section does not follow its model.
    """
    content = _content(path)
    return Specified(_parsed(Governance, content, path, "governance"), hashlib.sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        words = f"{path}: cannot be read ({error.strerror or error}); mend it, or run this in the project's folder"
        raise DocumentError(words) from error


@lru_cache(maxsize=8)
def _parsed(model: type[M], content: bytes, path: Path, section: str | None = None) -> M:
    """A document's value; the same bytes are taken apart once, for that takes longer than all else a verb does."""
    return documents.parse_document(model, content, path, section)
