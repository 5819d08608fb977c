"""What a signer states: this is version so and so, these are the digests of what an installer runs, until this day.

The statement is the payload of every signature of a bundle, so all signers say the same. Standard library alone.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from detection.edge import checked
from detection.edge.trust.manifest import Manifest
from detection.errors import BundleError

FORMAT = 1
RUNTIME = "runtime.pyz"
REQUIREMENTS = "requirements.txt"

_WHERE = "bundle.sig: payload"
_FIELDS = ("counter", "expires", "format", "manifest_sha256", "name", "requirements_sha256", "runtime_sha256")
_IDENTIFIER = r"[a-z0-9][a-z0-9_-]{0,63}"
_DIGEST = r"[0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed.

    Attributes:
        name: of the product.
        counter: of the release.
        manifest_sha256: of the manifest's bytes, and through them of every file.
        runtime_sha256: of ``runtime.pyz``: an installer checks it before it runs any of it.
        requirements_sha256: of ``requirements.txt``, for the same reason.
        expires: last day, ``YYYY-MM-DD`` in UTC, on which it may be installed; None for no end. What is installed runs
            on.
    """

    name: str
    counter: int
    manifest_sha256: str
    runtime_sha256: str
    requirements_sha256: str
    expires: str | None

    def to_bytes(self) -> bytes:
        """The payload's bytes."""
        value: dict[str, object] = {name: getattr(self, name) for name in _FIELDS if name != "format"}
        return checked.canonical(value | {"format": FORMAT})

    @classmethod
    def from_bytes(cls, content: bytes) -> Statement:
        """Read and check all of it.

        Raises:
            BundleError: not canonical, or any field that is missing, unknown or out of bounds.
        """
        value = checked.parse(content, _WHERE)
        fields = checked.Fields(value, _WHERE, _FIELDS)
        fields.whole("format", FORMAT, FORMAT)
        checked.require_canonical(value, content, _WHERE)
        expires = fields.any("expires")
        return cls(
            fields.text("name", _IDENTIFIER),
            fields.whole("counter", 0, 2**53),
            fields.text("manifest_sha256", _DIGEST),
            fields.text("runtime_sha256", _DIGEST),
            fields.text("requirements_sha256", _DIGEST),
            None if expires is None else day(expires, f"{_WHERE}: expires"),
        )

    def expired(self, today: datetime.date) -> bool:
        """The last day on which it may be installed is over; ``today`` is the date in UTC."""
        return self.expires is not None and today.isoformat() > self.expires


def statement_of(manifest: Manifest, expires: str | None = None) -> Statement:
    """What there is to sign of a bundle.

    Raises:
        BundleError: the bundle holds no runtime or no requirements, or the day is none.
    """
    return Statement(
        manifest.name,
        manifest.counter,
        hashlib.sha256(manifest.to_bytes()).hexdigest(),
        manifest.entry(RUNTIME).sha256,
        manifest.entry(REQUIREMENTS).sha256,
        None if expires is None else day(expires, "expires"),
    )


def day(value: object, where: str) -> str:
    """A date of the calendar as ``YYYY-MM-DD``, and no other spelling.

    Raises:
        BundleError: anything else.
    """
    try:
        if isinstance(value, str) and datetime.date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise BundleError(f"{where}: expected a day such as 2027-01-31, got {value!r}; mend it, or fetch the bundle again")
