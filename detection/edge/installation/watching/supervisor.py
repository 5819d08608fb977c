"""Keeps the live slot's program running, follows the state file, and goes back by itself while a slot is on trial."""

from __future__ import annotations

import time
from collections.abc import Callable

from detection.edge.installation import config, history, slots
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.history import Event
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Installed, State
from detection.edge.installation.watching import program, trial
from detection.edge.installation.watching.child import Child, Command
from detection.edge.installation.watching.handover import renew_supervisor
from detection.edge.installation.watching.program import Live, live_of
from detection.edge.installation.watching.trial import Seen, Verdict
from detection.edge.trust.manifest import Manifest
from detection.errors import BundleError

POLL_S = 0.5
_SAVE_S = 5.0
"""A trial's time is written down so often; a power cut costs so much of it."""
_PAUSE_MAXIMUM_S = 60.0
_TRIAL_PAUSE_S = 1.0


class Supervisor:
    """One device's supervisor; :meth:`step` is called every :data:`POLL_S` seconds."""

    def __init__(self, root: Root, say: Callable[[str], None], quiet: bool = False) -> None:
        """Begin with nothing running.

        Args:
            root: the device's folder.
            say: takes a line for people.
            quiet: throw the program's answers away.
        """
        self._root, self._say, self._quiet = root, say, quiet
        try:
            self._state = slots.recover(root)
        except InstallationError as error:
            say(str(error))
            self._state = slots.read(root)
        self._live: Live | None = None
        self._manifest: Manifest | None = None
        self._child: Child | None = None
        self._turns = self._answered = False
        self._looked_s = self._saved_s = time.monotonic()
        self._due_s = 0.0
        self._pause_s = 1.0
        self._left_s, self._starts = 0.0, 0
        self._condemned: Live | None = None
        self._said = ""

    @property
    def state(self) -> State:
        """What is true, as far as this supervisor knows."""
        return self._state

    def close(self) -> None:
        """Stop the program."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def step(self) -> None:
        """Look once, and do what follows.

        A state file that cannot be read or written for a moment stops nothing: what runs goes on.
        """
        try:
            self._state = slots.read(self._root)
        except InstallationError as error:
            self._tell(str(error))
        if self._condemned is not None and live_of(self._state) == self._condemned:
            self._state = self._leave()
        live = live_of(self._state)
        if live != self._live:
            self._turn_to(live)
        if self._live is None:
            return
        try:
            self._start_if_due(self._live)
            self._judge(self._live)
        except (BundleError, InstallationError, OSError) as error:
            self._stumble(str(error))
        self._give_up_a_hanging_child()

    def _turn_to(self, live: Live | None) -> None:
        self.close()
        self._live, self._manifest, self._turns, self._answered = live, None, False, False
        self._due_s, self._pause_s = 0.0, 1.0
        on_trial = self._state.trial
        self._left_s, self._starts = (on_trial.left_s, on_trial.starts) if on_trial else (0.0, 0)
        self._looked_s = self._saved_s = time.monotonic()
        self._say("nothing is installed" if live is None else f"runs {live.installed.name} {live.installed.counter}")

    def _start_if_due(self, live: Live) -> None:
        if self._child is not None or time.monotonic() < self._due_s:
            return
        self._manifest = program.manifest_of(self._root, live)
        words = program.words_of(self._root, live, self._manifest, on_trial=self._state.trial is not None)
        if words is None:
            return
        if self._state.trial is not None and not self._turns:
            if self._starts >= self._manifest.watch.starts_maximum:
                # A version that takes the whole machine down with it never ends under our eyes.
                self._go_back(live, f"its program was started {self._starts} times and has not proven itself")
                return
            self._answered = False
            self._starts += 1
            self._take(State.started)
        self._root.health.unlink(missing_ok=True)
        self._child = Child(Command(tuple(words), self._root.health, self._quiet))

    def _judge(self, live: Live) -> None:
        child, on_trial = self._child, self._state.trial
        if child is None or self._manifest is None:
            return
        health, status, now_s = child.look(), child.status, time.monotonic()
        if on_trial is not None:
            self._answered = self._answered or (health is not None and health.frames > 0)
            stalled = health is not None and health.source == "stalled"
            if self._answered and not stalled:
                self._left_s -= now_s - self._looked_s
            seen = Seen(
                left_s=self._left_s, starts=self._starts, alive=status is None, ended_well=status == 0,
                beating=health is not None, silent_s=child.silent_s, blind_s=child.blind_s if stalled else 0.0,
                frames=health.frames if health else 0, failed=health.failed if health else 0,
                p95_ms=health.p95_ms if health else None,
            )  # fmt: skip
            self._follow(live, trial.judge(self._manifest.watch, program.target_of(self._manifest, live).p95_ms, seen))
        self._looked_s = now_s
        if status is not None and self._child is child:
            self._ended(child, status)

    def _follow(self, live: Live, verdict: Verdict) -> None:
        if verdict.what == "back":
            self._go_back(live, verdict.reason)
        elif verdict.what == "keep":
            self._take(State.kept)
            if self._state.trial is not None:
                return
            self._note("kept", live.installed, "it proved itself")
            renew_supervisor(self._root, live.slot, self._tell)
            if config.read(self._root).source is None:
                self.close()
        elif time.monotonic() - self._saved_s >= _SAVE_S:
            self._saved_s = time.monotonic()
            left_s = round(max(self._left_s, 0.0), 3)
            self._take(lambda found: found.watched(left_s))

    def _go_back(self, live: Live, reason: str) -> None:
        self.close()
        self._condemned = live
        self._state = self._leave()
        self._note("went back", live.installed, reason)

    def _leave(self) -> State:
        """Go back; where the disk refuses to keep that, the previous slot runs all the same, and it is tried again."""
        before, condemned = self._state, self._condemned
        # A person may have rolled back since the state was read: going back twice would leave nothing.
        self._take(lambda found: found.gone_back() if live_of(found) == condemned else found)
        if self._state == before:
            return before.gone_back()
        self._condemned = None
        return self._state

    def _stumble(self, said: str) -> None:
        """The slot cannot even be started: on trial it goes back, otherwise it is tried again after a pause."""
        self._tell(said)
        if self._state.trial is not None and self._child is None and self._live is not None:
            self._go_back(self._live, said)
        else:
            self._due_s = time.monotonic() + self._pause_s
            self._pause_s = min(self._pause_s * 2, _PAUSE_MAXIMUM_S)

    def _ended(self, child: Child, status: int) -> None:
        ran_s = time.monotonic() - child.started_s
        self.close()
        self._turns = status == 0
        on_trial = self._state.trial is not None
        if status == 0 and not on_trial:
            self._say("its source is read out; it is started again when something is installed")
            self._due_s = float("inf")
            return
        self._pause_s = 1.0 if ran_s > _PAUSE_MAXIMUM_S else min(self._pause_s * 2, _PAUSE_MAXIMUM_S)
        pause_s = 0.0 if status == 0 else _TRIAL_PAUSE_S if on_trial else self._pause_s
        self._due_s = time.monotonic() + pause_s
        if status != 0:
            self._say(f"its program ended with status {status}; started again in {pause_s:g} s")

    def _give_up_a_hanging_child(self) -> None:
        """Outside a trial, too, a program that stands still is started anew."""
        child = self._child
        if child is None or self._manifest is None or self._state.trial is not None:
            return
        patience_s = max(self._manifest.watch.stall_s, trial.START_S)
        if child.silent_s > patience_s:
            self._say(f"no heartbeat for {child.silent_s:.0f} s; started again")
            self.close()
            self._turns = False

    def _take(self, step: Callable[[State], State]) -> None:
        """Take a step; a disk that refuses is told of, and the old state stands."""
        try:
            self._state = slots.change(self._root, step)
        except InstallationError as error:
            self._tell(str(error))

    def _tell(self, said: str) -> None:
        """Say it, unless it was the last thing said."""
        if said != self._said:
            self._say(said)
        self._said = said

    def _note(self, what: str, of: Installed, said: str) -> None:
        self._say(f"{of.name} {of.counter}: {what}: {said}")
        history.record(self._root, Event(history.now(), what, of.counter, of.digest, said))


def supervise(root: Root, say: Callable[[str], None], at_most_s: float | None = None) -> State:
    """Run a device.

    Args:
        root: its folder.
        say: takes a line for people.
        at_most_s: end when nothing is on trial any more, or after so many seconds; None runs until interrupted.

    Returns:
        What is true at the end.

    Raises:
        InstallationError: another supervisor runs this device.
    """
    with slots.held(root, "supervisor", wait=False) as alone:
        if not alone:
            raise InstallationError(f"{root.folder}: another supervisor runs it; stop that one first")
        supervisor = Supervisor(root, say, quiet=at_most_s is not None)
        end_s = float("inf") if at_most_s is None else time.monotonic() + at_most_s
        try:
            supervisor.step()
            while at_most_s is None or (supervisor.state.trial is not None and time.monotonic() < end_s):
                time.sleep(POLL_S)
                supervisor.step()
        finally:
            supervisor.close()
        return supervisor.state
