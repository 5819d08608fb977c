"""The review tool as a process of its own environment, its database, and its server as a stranger meets it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from detection.outside.documents import read_value
from detection.outside.fiftyone.launching import ROOT
from detection.outside.fiftyone.program import ANSWERS, DATABASE
from detection.rules.field.review.session import Answers

PATIENCE_S = 300


class Tool:
    """The review tool on a session."""

    def __init__(self, python: Path, folder: Path, port: int) -> None:
        self.python = str(python)
        self._words = [self.python, "-m", "detection.outside.fiftyone.program"]
        self._variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.folder, self.port = folder, port
        self.process: subprocess.Popen[str] | None = None

    def serve(self) -> str:
        """Start it; the address it prints, or nothing if it ends before."""
        words = [*self._words, "serve", str(self.folder), str(self.port)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(words, env=self._variables, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload]
        assert self.process is not None
        assert self.process.stdout is not None
        return str(self.process.stdout.readline()).strip()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=PATIENCE_S)

    def collect(self) -> Answers:
        """What is in its database."""
        words = [*self._words, "collect", str(self.folder)]
        done = subprocess.run(words, env=self._variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return self.answers()

    def answers(self) -> Answers:
        """What it has written."""
        return read_value(Answers, self.folder / ANSWERS)

    def until(self, holds: Callable[[Answers], bool]) -> Answers:
        """Wait for a safety copy of which something holds."""
        for _ in range(PATIENCE_S):
            if (self.folder / ANSWERS).is_file() and holds(found := self.answers()):
                return found
            time.sleep(1)
        raise AssertionError(f"not within {PATIENCE_S} s: {self.answers()}")


class Database:
    """The database server of a tool."""

    def __init__(self, pid: int, socket: str) -> None:
        self.pid, self.socket = pid, socket


def database_of(folder: Path) -> Database | None:
    """The database server that runs on a session's folder, whoever started it."""
    told = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        if f"--dbpath {folder / DATABASE} " in line:
            found = re.search(r"--bind_ip (\S+)", line)
            assert found is not None
            return Database(int(line.split()[0]), found[1])
    return None


def tell_directly(tool: Tool, frame: str, change: str) -> None:
    """Change a frame in the database of a tool that serves, without the App.

    Args:
        tool: that serves.
        frame: which.
        change: an expression over ``samples``, a collection of pymongo, and ``this``, which finds the frame there.
    """
    database = database_of(tool.folder)
    assert database is not None
    program = (
        "import sys, pymongo\n"
        "from urllib.parse import quote\n"
        "client = pymongo.MongoClient(f'mongodb://{quote(sys.argv[1], safe=str())}/?journal=true')\n"
        "base = client['fiftyone']\n"
        "samples = base[base['datasets'].find_one({'name': 'review'})['sample_collection_name']]\n"
        "this = {'frame': sys.argv[2]}\n"
        f"assert {change} == 1\n"
    )
    subprocess.run([tool.python, "-c", program, database.socket, frame], check=True)


def decide_directly(tool: Tool, frame: str, decision: str) -> None:
    """What the App's server does with a decision."""
    tell_directly(tool, frame, f"samples.update_one(this, {{'$set': {{'decision': {decision!r}}}}}).modified_count")


def delete_directly(tool: Tool, frame: str) -> None:
    """What the App's server does when a sample is deleted."""
    tell_directly(tool, frame, "samples.delete_one(this).deleted_count")


def status_of(tool: Tool, path: str, *headers: str) -> int:
    """How the App's server answers."""
    lines = [f"GET {path} HTTP/1.1", *headers, "Connection: close"]
    if not any(header.startswith("Host:") for header in headers):
        lines.append(f"Host: localhost:{tool.port}")
    with socket.create_connection(("127.0.0.1", tool.port), PATIENCE_S) as stream:
        stream.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(stream.makefile("rb").readline().split()[1])
