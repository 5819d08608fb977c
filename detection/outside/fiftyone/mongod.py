"""A MongoDB of our own for one session: started on the session's folder, reached through a private socket.

The server is the one that the environment's package ``fiftyone-db`` carries or fetched. The one it carries was built
against OpenSSL 1.1, which newer systems lack; OpenCV's package, which is in the same environment, carries that.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from detection.errors import DetectionError, EnvironmentMissingError
from detection.outside import processes

START_S = 180.0
"""A database that was killed reads its journal first."""
STOP_S = 30.0
CACHE_GB = "0.25"
LIBRARIES = ("ssl", "crypto")

ENDED_BY_OTHERS = (0, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)
"""Statuses of a server that was told to end, or that was killed for want of memory: nothing is wrong with it."""


class DatabaseStoppedError(DetectionError):
    """The database went away: what was decided is on the disk; open the session again."""


class Mongod:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], uri: str, log: Path) -> None:
        self.process = process
        self.uri = uri
        self._log = log

    def check(self) -> None:
        """Prove that it runs.

        Raises:
            DatabaseStoppedError: it does not.
        """
        if (status := self.process.poll()) is not None:
            raise DatabaseStoppedError(
                f"the review database stopped (status {status}; {self._log}); what was decided before is on the disk: "
                "run the same command again to go on"
            )


@contextmanager
def running(folder: Path) -> Iterator[Mongod]:
    """Start a server on a folder, stop it in the end.

    Args:
        folder: of the database; made if it is missing.

    Raises:
        EnvironmentMissingError: there is no server here, or it cannot start.
        DatabaseStoppedError: it was ended from outside, or says nothing.
    """
    program = Path(sysconfig.get_paths()["purelib"]) / "fiftyone" / "db" / "bin" / "mongod"
    if not program.is_file():
        raise EnvironmentMissingError(f"{program}: is missing; make the review environment: make review")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = Path(tempfile.mkdtemp(prefix="detection-review-"))  # short: a socket's path has 107 bytes
    try:
        server = _started(program, folder, private)
        try:
            yield server
        finally:
            _stop(server.process)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _started(program: Path, folder: Path, private: Path) -> Mongod:
    address, log = private / "mongod.sock", folder / "mongod.log"
    words = [
        str(program), "--dbpath", str(folder), "--bind_ip", str(address), "--unixSocketPrefix", str(private),
        "--filePermissions", "0600", "--logpath", str(log), "--wiredTigerCacheSizeGB", CACHE_GB, "--quiet",
    ]  # fmt: skip
    process = subprocess.Popen(
        words,
        env={**os.environ, "LD_LIBRARY_PATH": str(_libraries(private))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for us: we stop it when its last answers are read
        preexec_fn=processes.dies_with_parent,
    )
    server = Mongod(process, f"mongodb://{quote(str(address), safe='')}/?journal=true&w=1", log)
    _wait(server, address, folder)
    return server


def _wait(server: Mongod, address: Path, folder: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if (status := server.process.poll()) in ENDED_BY_OTHERS:
            server.check()
        if status is not None:
            assert server.process.stdout is not None
            said = server.process.stdout.read().decode(errors="replace").strip().splitlines()
            raise EnvironmentMissingError(
                f"{folder}: the review database cannot start ({said[-1] if said else 'see mongod.log there'}); "
                "make the review environment anew: rm -r .venv-review && make review"
            )
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(address)) == 0:
                return
        time.sleep(0.05)
    _stop(server.process)
    raise DatabaseStoppedError(
        f"{folder}: the review database did not answer within {START_S:g} s; see mongod.log there"
    )


def _libraries(private: Path) -> Path:
    """A folder in which the server finds the OpenSSL that it was built against, whatever the system has."""
    folder = private / "lib"
    folder.mkdir()
    carried = Path(sysconfig.get_paths()["platlib"]) / "opencv_python_headless.libs"
    for name in LIBRARIES:
        for found in sorted(carried.glob(f"lib{name}-*.so.1.1*"))[:1]:
            (folder / f"lib{name}.so.1.1").symlink_to(found)
    return folder


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
