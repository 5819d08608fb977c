"""A client of one MLflow store: a SQLite file, or a server. Its own telemetry is off; its errors become ours."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from detection.errors import DetectionError, EnvironmentMissingError

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")

try:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
except ModuleNotFoundError as error:
    raise EnvironmentMissingError(
        "runs are tracked with the package `mlflow`, which is not installed here; run `make environment`, "
        "or set track.tracker to null in params.yaml"
    ) from error

__all__ = ["MlflowClient", "TrackerError", "connect", "translated"]


class TrackerError(DetectionError):
    """The tracker cannot be reached or refuses: nothing of ours is lost; mend it and send again."""


def connect(address: str) -> MlflowClient:
    """A client of ``sqlite:///mlflow.db`` or ``http://host:port``.

    Raises:
        TrackerError: another kind of address, a password in it, or a store that cannot be opened.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("sqlite", "http", "https"):
        raise TrackerError(
            f"track.tracker: expected sqlite:///FILE, http:// or https://, got {address!r}; mend params.yaml"
        )
    if parts.password:
        raise TrackerError(
            "track.tracker: holds a password; leave it out, MLflow reads MLFLOW_TRACKING_PASSWORD itself"
        )
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    with translated(address):
        return MlflowClient(tracking_uri=address, registry_uri=address)


@contextmanager
def translated(address: str) -> Iterator[None]:
    """What MLflow and what is below it raise, as one line of ours."""
    try:
        yield
    except (MlflowException, OSError) as error:
        said = " ".join(str(error).split())[:200]
        raise TrackerError(
            f"{address}: the tracker failed ({said}); nothing is lost: mend it and run `detection registry mirror`"
        ) from error


def artifacts_of(address: str) -> str | None:
    """Where files of runs go: beside a SQLite file; a server decides for itself."""
    parts = urlsplit(address)
    if parts.scheme != "sqlite":
        return None
    return (Path(parts.path[1:]).resolve().parent / "mlartifacts").as_uri()
