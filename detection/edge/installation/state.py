"""``state.json``: which slot is live, which one is on trial, what lies in each. The only truth about a device.

Values and the steps between them; nothing here touches the disk. There is one step for each thing that can happen, and
each gives a whole new state that is written by one rename.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from detection.edge import checked
from detection.edge.installation.disk import InstallationError

NAME = "state.json"
FORMAT = 1
Slot = Literal["a", "b"]
SLOTS: tuple[Slot, Slot] = ("a", "b")

_IDENTIFIER = r"[a-z0-9][a-z0-9_-]{0,63}"
_DIGEST = r"[0-9a-f]{64}"
_COUNTER_MAXIMUM = 2**53


@dataclass(frozen=True, slots=True)
class Installed:
    """What a slot holds, whole and checked.

    Attributes:
        name: of the product.
        counter: of the release.
        digest: SHA-256 of the bundle's manifest.
        target: which of the bundle's targets this device is.
        python: the interpreter that runs it: absolute, or below the slot's folder.
    """

    name: str
    counter: int
    digest: str
    target: str
    python: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The live slot has yet to prove itself.

    Time is counted down while it is watched, not held as a date: a device without a battery for its clock jumps.

    Attributes:
        left_s: seconds that it must still be watched.
        starts: how often its program was started so far.
    """

    left_s: float
    starts: int


@dataclass(frozen=True, slots=True)
class State:
    """The whole of ``state.json``.

    Attributes:
        live: the slot that runs; None before the first installation, or when the first did not prove itself.
        trial: whether the live slot is on trial.
        slots: what lies in each; None is nothing that may run.
        highest: the highest counter that was ever live; nothing older is installed by itself again.
    """

    live: Slot | None = None
    trial: Trial | None = None
    slots: Mapping[Slot, Installed | None] = field(default_factory=lambda: dict.fromkeys(SLOTS))
    highest: int = -1

    @property
    def spare(self) -> Slot:
        """The slot that does not run: the next installation goes there."""
        return "b" if self.live == "a" else "a"

    @property
    def running(self) -> Installed | None:
        """What the live slot holds."""
        return None if self.live is None else self.slots[self.live]

    @property
    def previous(self) -> Installed | None:
        """What the spare slot holds: what one goes back to."""
        return self.slots[self.spare]

    def emptied(self) -> State:
        """Before the spare slot is written to: from here on nobody goes back to it."""
        self._require_no_trial()
        return replace(self, slots={**self.slots, self.spare: None})

    def switched(self, to: Installed, window_s: float) -> State:
        """The spare slot, filled and tested, goes live, on trial."""
        self._require_no_trial()
        slots = {**self.slots, self.spare: to}
        return replace(
            self, live=self.spare, slots=slots, trial=Trial(window_s, 0), highest=max(self.highest, to.counter)
        )

    def started(self) -> State:
        """The program on trial is started once more."""
        trial = self._require_trial()
        return replace(self, trial=replace(trial, starts=trial.starts + 1))

    def watched(self, left_s: float) -> State:
        """It was watched for a while."""
        return replace(self, trial=replace(self._require_trial(), left_s=left_s))

    def kept(self) -> State:
        """It has proven itself."""
        self._require_trial()
        return replace(self, trial=None)

    def gone_back(self) -> State:
        """The previous slot is live again and what was live may not run any more; with no previous one nothing is."""
        if self.live is None:
            raise InstallationError("nothing is installed, so there is nothing to go back from; install a bundle")
        back = None if self.previous is None else self.spare
        return replace(self, live=back, trial=None, slots={**self.slots, self.live: None})

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        return checked.canonical(
            {
                "format": FORMAT,
                "live": self.live,
                "trial": None if self.trial is None else {"left_s": self.trial.left_s, "starts": self.trial.starts},
                "slots": {slot: _spelled(self.slots[slot]) for slot in SLOTS},
                "highest": self.highest,
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> State:
        """Read and check all of it.

        Raises:
            BundleError: anything missing, unknown, out of bounds or at odds with itself.
        """
        value = checked.parse(content, NAME)
        fields = checked.Fields(value, NAME, ("format", "live", "trial", "slots", "highest"))
        fields.whole("format", FORMAT, FORMAT)
        held = checked.Fields(fields.any("slots"), f"{NAME}: slots", SLOTS)
        slots = {slot: _installed(held.any(slot), f"{NAME}: slots: {slot}") for slot in SLOTS}
        live = _slot(fields.any("live"))
        trial = _trial(fields.any("trial"))
        if (live is None and (trial is not None or any(slots.values()))) or (live and slots[live] is None):
            checked.fault(NAME, "a live slot that holds something, or two empty slots", fields.any("live"))
        return cls(live, trial, slots, fields.whole("highest", -1, _COUNTER_MAXIMUM))

    def _require_trial(self) -> Trial:
        if self.trial is None:
            raise InstallationError("nothing is on trial; see `status`")
        return self.trial

    def _require_no_trial(self) -> None:
        if self.trial is not None:
            raise InstallationError(
                f"the last installation is still on trial for {self.trial.left_s:.0f} s; wait, or roll it back"
            )


def _spelled(of: Installed | None) -> dict[str, object] | None:
    if of is None:
        return None
    return {
        "name": of.name, "counter": of.counter, "digest": of.digest, "target": of.target, "python": of.python
    }  # fmt: skip


def _installed(value: object, where: str) -> Installed | None:
    if value is None:
        return None
    fields = checked.Fields(value, where, ("name", "counter", "digest", "target", "python"))
    return Installed(
        fields.text("name", _IDENTIFIER),
        fields.whole("counter", 0, _COUNTER_MAXIMUM),
        fields.text("digest", _DIGEST),
        fields.text("target", _IDENTIFIER),
        fields.text("python", r"[^\x00-\x1f\x7f\ud800-\udfff]{1,1024}"),
    )


def _trial(value: object) -> Trial | None:
    if value is None:
        return None
    fields = checked.Fields(value, f"{NAME}: trial", ("left_s", "starts"))
    return Trial(fields.number("left_s", 0, 86_400), fields.whole("starts", 0, 1_000_000))


def _slot(value: object) -> Slot | None:
    if value is None:
        return None
    found = [name for name in SLOTS if name == value]
    if not found:
        checked.fault(f"{NAME}: live", 'null, "a" or "b"', value)
    return found[0]
