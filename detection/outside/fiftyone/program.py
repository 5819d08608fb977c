"""Runs in ``.venv-review``: shows a session in the App until told to stop, or reads what was decided in it.

``python -m detection.outside.fiftyone.program serve|collect SESSION [PORT]``. Writes ``answers.json`` in the session's
folder: every few seconds as a safety copy, and complete in the end.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from detection.errors import DetectionError
from detection.outside import exits, processes
from detection.outside.documents import read_value, write_value
from detection.outside.fiftyone import holding, mongod
from detection.outside.fiftyone.mongod import Mongod
from detection.rules.field.review.session import Answers, Session

SESSION, ANSWERS, FRAMES, DATABASE = "session.json", "answers.json", "frames", "db"
APP_LOG = "app.log"
PLUGINS = Path(__file__).parent
"""The folder below which our plugin is found."""
COPY_S = 5.0
"""Between safety copies."""
START_S = 300.0
STOP_S = 10.0
HOST = "127.0.0.1"


class AppStoppedError(DetectionError):
    """The App went away: what was decided is on the disk; open the session again."""


def main() -> None:
    """Do what the command line asks."""
    signal.signal(signal.SIGTERM, _interrupt)
    processes.dies_with_parent()
    verb, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    session = read_value(Session, folder / SESSION)
    if verb == "collect":
        with _database(folder):
            _write(session, folder, complete=True)
        return
    with holding.held(folder), _database(folder) as database:
        _serve(session, folder, database, int(sys.argv[3]))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _database(folder: Path) -> Iterator[Mongod]:
    """The session's database, with FiftyOne told to use it and nothing else.

    Raises:
        DatabaseStoppedError: it went away while it was used.
    """
    from pymongo.errors import PyMongoError

    with mongod.running(folder / DATABASE) as database:
        os.environ.update(_switches(database, folder))
        try:
            yield database
        except (PyMongoError, ConnectionError):  # FiftyOne's own, where it finds nobody when it is imported
            database.check()
            raise


def _switches(database: Mongod, folder: Path) -> Mapping[str, str]:
    return {
        "FIFTYONE_DATABASE_URI": database.uri,
        "FIFTYONE_DATABASE_NAME": "fiftyone",
        "FIFTYONE_DATABASE_VALIDATION": "false",
        "FIFTYONE_DO_NOT_TRACK": "true",
        "FIFTYONE_ALLOWED_ORIGINS": "",
        "FIFTYONE_CONFIG_PATH": str(folder / DATABASE / "no-config.json"),
        "FIFTYONE_APP_CONFIG_PATH": str(folder / DATABASE / "no-app-config.json"),
        "FIFTYONE_PLUGINS_DIR": str(PLUGINS),
        "FIFTYONE_SHOW_PROGRESS_BARS": "false",
        "FIFTYONE_LOGGING_LEVEL": "WARNING",
    }


def _serve(session: Session, folder: Path, database: Mongod, port: int) -> None:
    from detection.outside.fiftyone import dataset

    dataset.built(session, folder / FRAMES)
    words = [sys.executable, "-m", "detection.outside.fiftyone.server", str(port), str(folder / FRAMES)]
    with (folder / DATABASE / APP_LOG).open("ab") as log:
        server = subprocess.Popen(
            words, stdout=log, stderr=log, start_new_session=True, preexec_fn=processes.dies_with_parent
        )
    try:
        _wait(server, port)
        sys.stdout.write(f"http://localhost:{port}/datasets/{dataset.NAME}\n")
        sys.stdout.flush()
        _write(session, folder, complete=False)
        _watch(session, folder, database, server)
    except KeyboardInterrupt:
        _write(session, folder, complete=True)
    finally:
        _stop(server)


def _watch(session: Session, folder: Path, database: Mongod, server: subprocess.Popen[bytes]) -> None:
    """Keep a safety copy until somebody stops us, or something went away."""
    pause = threading.Event()
    while not pause.wait(COPY_S):
        database.check()
        if (status := server.poll()) is not None:
            told = f"the App stopped (status {status}; see {folder / DATABASE / APP_LOG})"
            raise AppStoppedError(f"{told}; nothing is lost: run the same command again")
        _write(session, folder, complete=False)


def _write(session: Session, folder: Path, complete: bool) -> None:
    from pymongo.errors import PyMongoError

    from detection.outside.fiftyone import dataset

    path = folder / ANSWERS
    try:
        answers = dataset.read(session, complete)
    except PyMongoError as error:
        raise mongod.DatabaseStoppedError(
            f"{folder}: the review database does not answer ({str(error).split(',')[0]}); what was decided before is "
            "on the disk: run the same command again"
        ) from error
    if not path.is_file() or read_value(Answers, path) != answers:
        write_value(path, answers)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    pause = threading.Event()
    for _ in range(int(START_S / 0.2)):
        if server.poll() is not None:
            raise AppStoppedError(f"the App did not start on port {port}; name a free one with --port")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        pause.wait(0.2)
    raise AppStoppedError(f"the App did not answer on port {port} within {START_S:g} s; try again")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    exits.run(main)
