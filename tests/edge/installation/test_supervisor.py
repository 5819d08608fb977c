"""Who watches: real programs on a real device folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from detection.edge.health import read_health
from detection.edge.installation import config, history, slots
from detection.edge.installation.config import Config
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.installing import Request, install
from detection.edge.installation.slots import Root
from detection.edge.installation.state import State
from detection.edge.installation.watching.program import live_of, manifest_of
from detection.edge.installation.watching.supervisor import Supervisor, supervise
from detection.errors import BundleError
from tests.examples_devices import PYTHON, SMALL, new_root, stub_python, write_release, write_trust


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for counter, name in ((1, "one"), (2, "two")):
        write_release(folder / name, counter, SMALL)
    write_trust(folder / "trust")
    stub_python(folder / "stub")
    dying = folder / "dying"
    dying.write_text('#!/bin/sh\nfor word in "$@"; do [ "$word" = run ] && exit 3; done\nexit 0\n')
    dying.chmod(0o755)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return new_root(tmp_path / "root")


def put(root: Root, made: Path, name: str, python: Path) -> State:
    return install(root, Request(made / name, made / "trust", python=python), lambda line: None)


def kept(root: Root, made: Path) -> None:
    put(root, made, "one", made / "stub")
    slots.change(root, State.kept)


def stepped(watcher: Supervisor, root: Root) -> Iterator[State]:
    end_s = time.monotonic() + 30
    while time.monotonic() < end_s:
        watcher.step()
        yield slots.read(root)
        time.sleep(0.05)


def test_a_program_that_dies_goes_back_and_stays_back(root: Root, made: Path) -> None:
    kept(root, made)
    put(root, made, "two", made / "dying")
    said: list[str] = []
    watcher = Supervisor(root, said.append, quiet=True)
    for found in stepped(watcher, root):
        if found.trial is None:
            break
    watcher.close()
    assert found.running is not None
    assert found.running.counter == 1
    assert [event.what for event in history.read(root)] == ["switched", "switched", "went back"]
    assert any("died 2 times" in line for line in said)


def test_a_full_disk_does_not_keep_a_bad_version_running(
    root: Root, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state cannot be written: the version before runs all the same, and the step is tried until it is kept."""
    kept(root, made)
    put(root, made, "two", made / "dying")
    full = True
    really = slots.change

    def change(where: Root, step: object) -> State:
        if full:
            raise InstallationError("the disk refused")
        return really(where, step)  # type: ignore[arg-type]

    monkeypatch.setattr(slots, "change", change)
    watcher = Supervisor(root, lambda line: None, quiet=True)
    for _ in stepped(watcher, root):
        if watcher.state.live == "a":
            break
    assert watcher.state.live == "a"
    assert slots.read(root).live == "b"
    full = False
    for found in stepped(watcher, root):
        if found.live == "a":
            break
    watcher.close()
    assert found.live == "a"


def test_two_supervisors_never_run_one_device(root: Root, made: Path) -> None:
    kept(root, made)
    with slots.held(root, "supervisor"), pytest.raises(InstallationError, match="another supervisor"):
        supervise(root, lambda line: None, at_most_s=0)


@pytest.mark.slow
def test_a_good_version_is_kept_and_its_program_becomes_the_supervisor(root: Root, made: Path) -> None:
    put(root, made, "one", PYTHON)
    root.supervisor.write_bytes(b"old")
    said: list[str] = []
    found = supervise(root, said.append, at_most_s=60)
    assert found.trial is None, said
    assert found.running is not None
    assert [event.what for event in history.read(root)] == ["switched", "kept"]
    assert root.supervisor.read_bytes() == (made / "one" / "runtime.pyz").read_bytes()


@pytest.mark.slow
def test_a_supervisor_that_is_killed_takes_its_program_along(root: Root, made: Path, tmp_path: Path) -> None:
    """Two programs at one camera would be a third state."""
    put(root, made, "one", PYTHON)
    slots.change(root, State.kept)
    watched = tmp_path / "watched"
    watched.mkdir()
    config.write(root, Config(str(watched), ("--watch",)))
    words = [sys.executable, "-I", str(root.supervisor), "supervise", str(root.folder)]
    for end in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as service:
            child = waited(root)
            service.send_signal(end)
            service.wait(30)
        assert service.returncode == (-signal.SIGKILL if end is signal.SIGKILL else 0)
        assert gone(child)
        root.health.unlink(missing_ok=True)


def waited(root: Root) -> int:
    for _ in range(300):
        health = read_health(root.health)
        if health is not None:
            return health.pid
        time.sleep(0.1)
    raise AssertionError("no heartbeat")


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_a_version_that_takes_the_machine_down_with_it_goes_back(root: Root, made: Path) -> None:
    """After each start the power is gone: no supervisor ever sees the program end."""
    kept(root, made)
    put(root, made, "two", made / "stub")
    slots.change(root, lambda found: found.started().started())
    watcher = Supervisor(root, lambda line: None, quiet=True)
    watcher.step()
    watcher.close()
    found = slots.read(root)
    assert (found.running.counter if found.running else None, found.trial) == (1, None)


def test_going_back_twice_does_not_leave_nothing(root: Root, made: Path) -> None:
    """A person and the supervisor may have the same thought."""
    kept(root, made)
    put(root, made, "two", made / "stub")
    watcher = Supervisor(root, lambda line: None, quiet=True)
    watcher.step()
    live = live_of(slots.read(root))
    assert live is not None
    slots.change(root, State.gone_back)
    watcher._go_back(live, "too slow")
    watcher.close()
    found = slots.read(root)
    assert found.running is not None
    assert found.running.counter == 1


def test_an_older_bundle_in_the_live_slot_is_not_run_though_it_is_signed(root: Root, made: Path) -> None:
    kept(root, made)
    put(root, made, "two", made / "stub")
    live = live_of(slots.change(root, State.kept))
    assert live is not None
    shutil.rmtree(root.bundle(live.slot))
    shutil.copytree(made / "one", root.bundle(live.slot))
    with pytest.raises(BundleError, match="another bundle than"):
        manifest_of(root, live)
