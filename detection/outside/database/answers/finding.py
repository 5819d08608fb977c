"""Versions by whatever people type, and by what they were made from."""

from __future__ import annotations

import re
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, select

from detection.outside.database.answers import rows
from detection.outside.database.faults import RegistryError
from detection.outside.database.tables import FACTS, VERSIONS
from detection.rules.registry.registered import Number, Version

Kind = Literal["data", "commit", "package", "parent", "run"]
SHORTEST = 6
"""Hex digits of a digest that name something."""
_HEX = re.compile(r"[0-9a-f]+")
_NUMBER = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})")
_ORDER = (VERSIONS.c.model, VERSIONS.c.major, VERSIONS.c.minor, VERSIONS.c.patch)


def versions(connection: Connection, model: str | None) -> tuple[Version, ...]:
    """All of a model, or of all, by model and number."""
    query = select(VERSIONS).order_by(*_ORDER)
    if model is not None:
        query = query.where(VERSIONS.c.model == model)
    return tuple(map(rows.version, connection.execute(query)))


def bases(connection: Connection, model: str, named: str = "") -> tuple[Version, ...]:
    """What a further version is numbered by, in order: the newest of each major, and one that is named.

    Args:
        connection: where.
        model: of which model.
        named: digest of a further one, if it is there.
    """
    columns = VERSIONS.c
    majors = connection.execute(select(columns.major).where(columns.model == model).distinct()).scalars().all()
    found = {}
    for major in majors:
        newest = select(VERSIONS).where(columns.model == model, columns.major == major)
        row = connection.execute(newest.order_by(columns.minor.desc(), columns.patch.desc()).limit(1)).one()
        found[row.digest] = rows.version(row)
    base = of_digest(connection, named) if named and named not in found else None
    if base is not None and base.content.model == model:
        found[named] = base
    return tuple(sorted(found.values(), key=lambda one: one.number))


def is_taken(connection: Connection, model: str, number: Number) -> bool:
    """Whether a version of the model has this number."""
    columns = VERSIONS.c
    same = (columns.major == number.major, columns.minor == number.minor, columns.patch == number.patch)
    return connection.execute(select(columns.entry).where(columns.model == model, *same)).first() is not None


def of_digest(connection: Connection, digest: str) -> Version | None:
    """By its whole digest; None for none."""
    row = connection.execute(select(VERSIONS).where(VERSIONS.c.digest == digest)).one_or_none()
    return None if row is None else rows.version(row)


def version(connection: Connection, name: str, model: str | None) -> Version:
    """By digest or the beginning of one, ``1.2.3``, or ``latest``.

    Raises:
        RegistryError: none or several.
    """
    query = select(VERSIONS).order_by(*_ORDER).where(_named(name)).limit(10)
    if name == "latest":
        numbers = [column.desc() for column in _ORDER[1:]]
        query = select(VERSIONS).order_by(*numbers).limit(1)
        if model is None:
            _refuse_several_models(connection)
    if model is not None:
        query = query.where(VERSIONS.c.model == model)
    found = connection.execute(query).all()
    if len(found) == 1:
        return rows.version(found[0])
    among = "" if model is None else f" of {model}"
    if not found:
        raise RegistryError(f"{name!r}: no version{among} has this digest or number; `detection registry list`")
    names = ", ".join(f"{r.model} {r.major}.{r.minor}.{r.patch} {r.digest[:12]}" for r in found)
    raise RegistryError(f"{name!r}: names several versions ({names}); give more digits, or --model")


def _refuse_several_models(connection: Connection) -> None:
    models = connection.execute(select(VERSIONS.c.model).distinct().order_by(VERSIONS.c.model)).scalars().all()
    if len(models) > 1:
        raise RegistryError(f"'latest': of which model? there are {', '.join(models)}; give --model")


def _named(name: str) -> ColumnElement[bool]:
    number = _NUMBER.fullmatch(name)
    if number is not None:
        major, minor, patch = map(int, number.groups())
        columns = VERSIONS.c
        return (columns.major == major) & (columns.minor == minor) & (columns.patch == patch)
    if name == "latest" or (_HEX.fullmatch(name) and SHORTEST <= len(name) <= 64):
        return _begins(VERSIONS.c.digest, name)
    raise RegistryError(
        f"{name!r}: names no version; expected {SHORTEST} to 64 hex digits of its digest, a number such as 1.2.3, or "
        "latest"
    )


def _begins(column: Any, beginning: str) -> ColumnElement[bool]:
    """Hex text that begins so; an index serves it in both databases."""
    wanted: ColumnElement[bool] = (column >= beginning) & (column < beginning + "g")
    return wanted


def holding(connection: Connection, kind: Kind, name: str) -> tuple[Version, ...]:
    """Versions that were made from something.

    Args:
        connection: where.
        kind: of what.
        name: of data its name or a digest; of a commit or parent a digest; of a package ``name`` or ``name==version``;
            of a run its id. A digest may be cut to six digits or more.
    """
    columns = FACTS.c
    if kind == "package":
        package, _, release = name.partition("==")
        wanted = (columns.name == package) & (columns.value == release if release else columns.value != "")
    else:
        wanted = (columns.name == name) & (columns.name != "") | (columns.value == name)
        if _HEX.fullmatch(name) and len(name) >= SHORTEST and kind != "run":
            wanted = wanted | _begins(columns.value, name)
    digests = select(columns.version).where(columns.kind == kind, wanted)
    query = select(VERSIONS).where(VERSIONS.c.digest.in_(digests)).order_by(*_ORDER)
    return tuple(map(rows.version, connection.execute(query)))
