"""Who may act: ``specs/people.yaml`` on our disk. Read whole; a person is added at its end, what stands there stays."""

from __future__ import annotations

import base64
from pathlib import Path

from pydantic import ValidationError

from detection.edge.trust.keys import Key
from detection.errors import DocumentError
from detection.outside import documents, files
from detection.rules.spec.people import People, Person, PersonKey

PEOPLE = Path("specs/people.yaml")

_HEAD = """\
# Who may act on the registry: a name, roles and public keys each. Reviewed in git like code: whoever stands here can
# approve and promote. A key that was lost or stolen stays, with revoked_at and the moment from which it is.
version: 1
people:
"""
_READ_OTHERWISE = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
"""Words that YAML takes for something else than a text."""


def read_people(path: Path = PEOPLE) -> People:
    """Everybody who may act.

    Raises:
        DocumentError: there is no such file, or it does not follow its model.
    """
    if not path.exists():
        raise DocumentError(
            f"{path}: is not there, so nobody may act; add the first person: detection registry enrol NAME --role ROLE"
        )
    return documents.read_document(People, path)


def public_of(key: Key) -> str:
    """A key as the file spells it: Base64 of its 32 bytes."""
    return base64.b64encode(key.raw).decode()


def refuse_taken(name: str, path: Path = PEOPLE) -> None:
    """Nobody is enrolled twice.

    Raises:
        DocumentError: the name is there already, or the file does not follow its model.
    """
    if path.exists() and any(one.id == name for one in read_people(path).people):
        raise DocumentError(
            f"{path}: {name!r} is there already; choose another name, or add a key or a role to the file by hand"
        )


def add(person: Person, path: Path = PEOPLE) -> None:
    """Write one more person at the end of the file; with the first, the file.

    Raises:
        DocumentError: the file does not follow its model, the person or the key is there already, or the file is
            written in another way than one person below the other, so that nothing can be added to its end.
        DiskError: the disk refuses.
    """
    before = read_people(path).people if path.exists() else []
    text = path.read_text("utf-8") if path.exists() else _HEAD
    text += "" if text.endswith("\n") else "\n"
    content = (text + _spelled(person)).encode()
    wanted = _together([*before, person], path)
    try:
        found: People | None = documents.parse_document(People, content, path)
    except DocumentError:
        found = None
    if found != wanted:
        raise DocumentError(
            f"{path}: cannot be added to at its end; write people one below the other (- id: NAME), or add by hand:\n"
            f"{_spelled(person).rstrip()}"
        )
    files.write_bytes(path, content)


def person_of(name: str, roles: list[str], public: str) -> Person:
    """A person with one key.

    Raises:
        DocumentError: a name or a role that is none.
    """
    try:
        return Person(id=name, roles=roles, keys=[PersonKey(public=public)])
    except ValidationError as error:
        faults = [f"{fault['input']!r}: {fault['msg']}" for fault in error.errors(include_url=False)]
        raise DocumentError(
            "names and roles are lower-case letters, digits, - and _; choose others, such as quality-1 and quality",
            faults,
        ) from error


def _together(people: list[Person], path: Path) -> People:
    whole = People(version=1, people=people)
    faults = [f"{'.'.join(map(str, one.place))}: {one.words}" for one in whole.contradictions()]
    if faults:
        raise DocumentError(f"{path}: cannot take this person in; choose another name, or another key", faults)
    return whole


def _spelled(person: Person) -> str:
    keys = "".join(f"      - {{public: {key.public}}}\n" for key in person.keys)
    roles = ", ".join(map(_word, person.roles))
    return f"  - id: {_word(person.id)}\n    roles: [{roles}]\n    keys:\n{keys}"


def _word(name: str) -> str:
    """An identifier as YAML reads it back: in quotes where it could be a number or a yes."""
    plain = name[0].isalpha() and name not in _READ_OTHERWISE
    return name if plain else f'"{name}"'
