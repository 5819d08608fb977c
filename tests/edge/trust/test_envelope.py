"""The file of signatures has one spelling, so that no bit of it is free."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from detection.edge import checked
from detection.edge.trust.envelope import MAXIMUM_BYTES, Envelope, Signature, pae
from detection.errors import BundleError

ENVELOPE = Envelope(b'{"a": 1}', (Signature("1" * 64, b"\x01" * 64), Signature("2" * 64, b"\x02" * 64)))


def changed(**fields: Any) -> bytes:
    return checked.canonical(json.loads(ENVELOPE.to_bytes()) | fields)


def test_it_comes_back_the_same() -> None:
    assert Envelope.from_bytes(ENVELOPE.to_bytes()) == ENVELOPE


def test_what_is_signed_is_spelled_as_dsse_says() -> None:
    """The example of the protocol's own page, with our type in place of its."""
    assert pae(b"hello world") == b"DSSEv1 37 application/vnd.detection.bundle+json 11 hello world"


def test_a_second_signature_of_one_key_replaces_its_first() -> None:
    again = ENVELOPE.signed("1" * 64, b"\x03" * 64)
    assert [one.value[0] for one in again.signatures] == [3, 2]


def test_signatures_stand_in_the_order_of_their_keys_whoever_signed_first() -> None:
    one = Envelope(b"x", ()).signed("2" * 64, b"b" * 64).signed("1" * 64, b"a" * 64)
    two = Envelope(b"x", ()).signed("1" * 64, b"a" * 64).signed("2" * 64, b"b" * 64)
    assert one.to_bytes() == two.to_bytes()


SIGNATURES = json.loads(ENVELOPE.to_bytes())["signatures"]
SIG = base64.b64encode(b"\x01" * 64).decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"payloadType": "text/plain"},
        {"more": 1},
        {"signatures": []},
        {"signatures": list(reversed(SIGNATURES))},
        {"signatures": [SIGNATURES[0], SIGNATURES[0]]},
        {"signatures": [SIGNATURES[0] | {"keyid": "A" * 64}]},
        {"signatures": [SIGNATURES[0] | {"sig": SIG[:-4]}]},
        {"signatures": [SIGNATURES[0] | {"sig": SIG[:-3] + "R=="}]},
        {"signatures": [SIGNATURES[0] | {"sig": SIG.rstrip("=")}]},
        {"signatures": [SIGNATURES[0] | {"sig": SIG[:4] + "\n" + SIG[4:]}]},
        {"signatures": [SIGNATURES[0] | {"cert": ""}]},
        {"payload": "eyJ=="},
    ],
    ids=[
        "type", "extra", "none", "order", "twice", "upper-case", "short", "free-bits", "no-padding", "line-break",
        "extra-inside", "no-base64",
    ],
)  # fmt: skip
def test_every_other_spelling_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BundleError, match=r"bundle\.sig"):
        Envelope.from_bytes(changed(**fields))


def test_another_spelling_of_the_json_is_refused() -> None:
    with pytest.raises(BundleError, match="canonical"):
        Envelope.from_bytes(json.dumps(json.loads(ENVELOPE.to_bytes())).encode())


def test_a_long_file_is_refused_before_it_is_read_as_json() -> None:
    with pytest.raises(BundleError, match="at most"):
        Envelope.from_bytes(b"[" * (MAXIMUM_BYTES + 1))
