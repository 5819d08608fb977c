"""Who may act on the registry: ``specs/people.yaml``, a name, roles and public keys each. Reviewed in git like code."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from detection.rules.document import Contradiction, Document, Identifier

PublicKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""The 32 raw bytes of an Ed25519 public key in Base64, as the middle of a PEM file has them."""


NOBODY = ("executor", "pipeline")
"""Who acts without being a person: the automatic return, and `dvc repro`. No person may bear these names."""


class PersonKey(Document):
    """One key of one person. A key that was lost or stolen stays in the file, with the moment from which it is."""

    public: PublicKey
    revoked_at: AwareDatetime | None = None
    """What it signs from here on, and what it signed before and is not live yet, counts no longer."""


class Person(Document):
    """Somebody who may act."""

    id: Identifier
    roles: Annotated[list[Identifier], Field(min_length=1)]
    keys: Annotated[list[PersonKey], Field(min_length=1)]


class People(Document):
    """``specs/people.yaml``, whole."""

    version: Literal[1]
    people: Annotated[list[Person], Field(min_length=1)]

    def contradictions(self) -> list[Contradiction]:
        """A person or a key that is there twice: whose signature would it be? Or a name that is nobody's."""
        found: list[Contradiction] = []
        ids: set[str] = set()
        keys: dict[str, str] = {}
        for index, person in enumerate(self.people):
            if person.id in ids:
                found.append(Contradiction(("people", index, "id"), f"{person.id!r} is there twice; remove one"))
            ids.add(person.id)
            if person.id in NOBODY:
                found.append(Contradiction(("people", index, "id"), f"{person.id!r} is no person; choose another name"))
            for number, key in enumerate(person.keys):
                if key.public in keys:
                    words = f"is the key of {keys[key.public]!r} too; a key is of one person"
                    found.append(Contradiction(("people", index, "keys", number), words))
                keys.setdefault(key.public, person.id)
        return found

    def holder(self, public: str) -> Person | None:
        """Whose key this is, revoked or not."""
        return next((one for one in self.people if any(key.public == public for key in one.keys)), None)
