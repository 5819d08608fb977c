"""What a person signs: this version, on this evidence, in this slot, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import AwareDatetime, ConfigDict

from detection.rules.field.retrain.evidence import STRICT
from detection.rules.registry.signatures import signing
from detection.rules.registry.slots import Slot
from detection.rules.spec.people import People

PAYLOAD_TYPE = "application/vnd.detection.approval.v1+json"


@dataclass(frozen=True, slots=True)
class Approval:
    """What is signed.

    Attributes:
        slot: where it may go live.
        version_digest: of the bundle's manifest.
        verdict_digest: of the verdict that the person was shown.
        spec_digest: of the specification that judged.
        deployment_digest: of the slot's file.
        comparison_digest: of the comparison with the live champion; ``""`` where there was none to compare with.
        nonce: 32 hex digits that the registry gave out for this slot and version; used up by a promotion.
        person: id of who signs.
        role: that they sign in.
        signed_at: by their clock.
        words: what they say; may be empty.
    """

    slot: Slot
    version_digest: str
    verdict_digest: str
    spec_digest: str
    deployment_digest: str
    comparison_digest: str
    nonce: str
    person: str
    role: str
    signed_at: AwareDatetime
    words: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


@dataclass(frozen=True, slots=True)
class SignedApproval:
    """An approval as it is kept.

    Attributes:
        approval: what was signed.
        public: the key, Base64 of its 32 bytes.
        signature: Base64 of 64 bytes over the approval's :func:`payload`.
    """

    approval: Approval
    public: str
    signature: str

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


def payload(approval: Approval) -> bytes:
    """The very bytes that a person's key signs; nothing is to be put around them."""
    return signing.payload(PAYLOAD_TYPE, approval)


def is_sound(signed: SignedApproval) -> bool:
    """The key that stands beside it made the signature; whose key that is, is another question."""
    return signing.is_good(signed.public, signed.signature, payload(signed.approval))


def fault_of(signed: SignedApproval, people: People) -> str:
    """Why a kept approval is not by whom it says, in words; ``""`` if it is. To be asked whenever one is read."""
    said = signed.approval
    if not is_sound(signed):
        return f"the signature of {said.person!r} is not good: the approval was changed, or never signed"
    return signing.holder_fault(said.person, signed.public, said.signed_at, people)
