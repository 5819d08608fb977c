"""An engine that was built on this very device, and the note beside it: of which model, and its digest.

The bundle's signers cannot sign what is built here; what they signed is the model it was built of, and the program that
built it. The note ties the engine to both: another engine, or one of another model, is refused at every start.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.edge.trust.parts import DIGEST, IDENTIFIER
from detection.edge.trust.verify import plain_bytes
from detection.errors import BundleError

FORMAT = 1
_NOTE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class BuiltEngine:
    """An engine.

    Attributes:
        engine: what opens it, as :func:`detection.edge.engines.opening.open_session` names it.
        model_sha256: of the model file it was built of.
        content: its bytes.
    """

    engine: str
    model_sha256: str
    content: bytes

    def note(self) -> bytes:
        """What stands beside it, in the file :func:`note_of`."""
        digest = hashlib.sha256(self.content).hexdigest()
        return checked.canonical(
            {
                "format": FORMAT, "engine": self.engine, "model_sha256": self.model_sha256,
                "bytes": len(self.content), "sha256": digest,
            }
        )  # fmt: skip


def note_of(path: Path) -> Path:
    """Where an engine's note lies."""
    return path.with_name(path.name + ".json")


def read_engine(path: Path, model_sha256: str) -> BuiltEngine:
    """An engine that was built of this model, as it was built.

    Raises:
        BundleError: missing, changed since it was built, or built of another model.
    """
    try:
        note = note_of(path)
        fields = checked.Fields(
            checked.parse(plain_bytes(note, _NOTE_BYTES), str(note)), str(note),
            ("format", "engine", "model_sha256", "bytes", "sha256"),
        )  # fmt: skip
        fields.whole("format", FORMAT, FORMAT)
        content = plain_bytes(path, fields.whole("bytes", 0, 2**40))
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); install the bundle again") from error
    found = BuiltEngine(fields.text("engine", IDENTIFIER), fields.text("model_sha256", DIGEST), content)
    if hashlib.sha256(content).hexdigest() != fields.text("sha256", DIGEST):
        raise BundleError(f"{path}: changed since it was built; install the bundle again")
    if found.model_sha256 != model_sha256:
        raise BundleError(f"{path}: was built of another model; install the bundle again")
    return found
