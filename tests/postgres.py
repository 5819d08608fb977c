"""A PostgreSQL server of our own for as long as the tests run: Debian's, on a socket in a folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from detection.errors import EnvironmentMissingError

INSTALL = "no PostgreSQL server found (initdb, pg_ctl); install it: apt-get install postgresql"
UNPRIVILEGED = ("postgres", "nobody")
"""Whom the server runs as when the tests run as root, whom it refuses."""


def programs() -> Path:
    """The folder with initdb and pg_ctl, the newest version first.

    Raises:
        EnvironmentMissingError: there is none.
    """
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise EnvironmentMissingError(INSTALL)
    return versions[-1].parent


class Server:
    """A server that listens on a socket in its folder; whoever can read the folder is its superuser."""

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        """Make its files in a folder that is ours alone, and start it."""
        self._bin, self._folder, self._user = programs(), folder, _user()
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "--auth=trust", "--username=registry", "--encoding=UTF8", "--no-sync", "--no-instructions")
        place = ("listen_addresses = ''", f"unix_socket_directories = '{folder}'", "max_connections = 60")
        with (folder / "data/postgresql.conf").open("a") as stream:
            stream.writelines(f"{line}\n" for line in (*place, *settings))
        self.start()

    def start(self) -> None:
        """Until it answers."""
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._folder / 'log'}")

    def stop(self, mode: str = "fast") -> None:
        """``immediate`` is as if its machine lost power."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def url(self, database: str) -> str:
        """As the registry takes it."""
        return f"postgresql://registry@/{database}?host={self._folder}"

    def ask(self, database: str, sql: str) -> str:
        """One statement by psql, as a stranger with the password would; its answer, unadorned."""
        found = subprocess.run(
            [self._bin / "psql", "-h", self._folder, "-U", "registry", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1",
             "-c", sql],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if found.returncode:
            raise AssertionError(found.stderr)
        return found.stdout.strip()

    def _run(self, program: str, *words: str) -> None:
        who = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []} if self._user else {}
        subprocess.run(
            [self._bin / program, "-D", self._folder / "data", *words],
            check=True, cwd=self._folder, stdout=subprocess.DEVNULL, **who,  # type: ignore[call-overload]
        )  # fmt: skip


def _user() -> pwd.struct_passwd | None:
    """Somebody unprivileged if we are root, otherwise we ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


@contextmanager
def running(parent: Path | None = None, *settings: str) -> Iterator[Server]:
    """A server, stopped and removed at the end. Its folder is short: a socket's path may have 107 bytes.

    Args:
        parent: where its folder is made; where temporary files go with None.
        settings: further lines of its settings.

    Raises:
        EnvironmentMissingError: no server is installed.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
    try:
        server = Server(folder, settings)
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
