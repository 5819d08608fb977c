"""A piece of work in a process of its own, killed at its n-th system call of a kind. Nothing is imported anew."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.tracing import program

_LINE = re.compile(r"(\w+)\(")
_ANYBODY, _SET_PTRACER = -1, 0x59616D61
_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Call:
    """The n-th system call of a name, counted from 1."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class End:
    """How the work ended: by the kill, or with a status of its own."""

    killed: bool
    status: int


def calls(work: Callable[[], None], log: Path) -> list[Call]:
    """Every system call of a piece of work, in order."""
    end = _traced(work, ["-o", str(log)])
    if end != End(False, 0):
        raise RuntimeError(f"the work fails by itself: {end}")
    counted: dict[str, int] = {}
    found = []
    for line in log.read_text(errors="replace").splitlines():
        matched = _LINE.match(line)
        if matched is not None:
            name = matched[1]
            counted[name] = counted.get(name, 0) + 1
            found.append(Call(name, counted[name]))
    return found


def kill_at(work: Callable[[], None], call: Call) -> End:
    """Do the work, and kill its process as it enters one call."""
    inject = f"inject={call.name}:signal=SIGKILL:when={call.number}"
    return _traced(work, ["-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject])


def _traced(work: Callable[[], None], words: list[str]) -> End:
    listening, gate = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, listening)
    strace = subprocess.Popen([program(), "-qq", "-p", str(child), *words], stderr=subprocess.PIPE)
    _wait_for_tracer(child, strace)
    os.write(gate, b"x")
    _, status = os.waitpid(child, 0)
    strace.communicate()
    os.close(listening)
    os.close(gate)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return End(killed, -1 if killed else os.waitstatus_to_exitcode(status))


def _work(work: Callable[[], None], listening: int) -> None:
    """Within the child: wait for the tracer, work, and leave without anybody's clean-up."""
    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANYBODY, 0, 0, 0)
    os.read(listening, 1)
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def _wait_for_tracer(child: int, strace: subprocess.Popen[bytes]) -> None:
    """Until strace has it, or has killed it already: the call it waits in may be the one."""
    deadline = time.monotonic() + _PATIENCE_S
    while "TracerPid:\t0" in (status := Path(f"/proc/{child}/status").read_text()):
        if "State:\tZ" in status:
            return
        if strace.poll() is not None or time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            raise RuntimeError(f"strace does not get hold of the process: {strace.communicate()[1]!r}")
        time.sleep(0.001)
    time.sleep(0.005)
