"""The bundles whose telemetry is taken: their edges are kept in the store, so that it can be read without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.edge import checked
from detection.edge.telemetry import signals
from detection.edge.telemetry.histogram import Edges
from detection.edge.trust.bundle import Bundle
from detection.errors import BundleError, TelemetryError
from detection.outside import files
from detection.outside.telemetry.stored.places import BUNDLES, DIGEST

_FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A bundle, as far as its telemetry goes.

    Attributes:
        digest: SHA-256 of its manifest.
        name: of the model.
        counter: of the release.
        edges: inner bin edges of each signal, in order.
    """

    digest: str
    name: str
    counter: int
    edges: Mapping[str, Edges]


def remember(store: Path, bundle: Bundle) -> Known:
    """Take a bundle's telemetry from now on; a bundle that is known already stays as it is.

    Raises:
        BundleError: its reference is not one.
        DiskError: the disk refuses.
    """
    found = Known(bundle.digest, bundle.manifest.name, bundle.manifest.counter, bundle.reference().edges)
    path = _path(store, bundle.digest)
    if not path.exists():
        files.write_json(path, spelled(found))
    return found


def spelled(known: Known) -> dict[str, object]:
    """As it stands in the store."""
    return {
        "format": _FORMAT,
        "bundle": known.digest,
        "name": known.name,
        "counter": known.counter,
        "classes": list(signals.classes_of(known.edges)),
        "edges": {name: edges.tolist() for name, edges in known.edges.items()},
    }


def recall(store: Path, digest: str) -> Known | None:
    """A bundle that was remembered; None of any other.

    Raises:
        TelemetryError: what was remembered is damaged.
    """
    path = _path(store, digest)
    if DIGEST.fullmatch(digest) is None or not path.is_file():
        return None
    try:
        return _known(checked.parse(path.read_bytes(), str(path)), str(path))
    except BundleError as error:
        raise TelemetryError(f"{path}: is damaged ({error.headline}); remove it and name the bundle again") from error


def all_of(store: Path) -> list[Known]:
    """Every bundle that was remembered, by name and counter."""
    found = [recall(store, path.stem) for path in (store / BUNDLES).glob("*.json")]
    return sorted((known for known in found if known is not None), key=lambda known: (known.name, known.counter))


def _path(store: Path, digest: str) -> Path:
    return store / BUNDLES / f"{digest}.json"


def _known(value: object, where: str) -> Known:
    fields = checked.Fields(value, where, ("format", "bundle", "name", "counter", "classes", "edges"))
    fields.whole("format", _FORMAT, _FORMAT)
    classes = fields.many("classes", lambda label, place: checked.Fields({"id": label}, place, ("id",)).text("id"))
    described = checked.Fields(fields.any("edges"), f"{where}: edges", signals.names(classes))
    edges = {}
    for name in signals.names(classes):
        inner = checked.ascending(described.numbers(name), f"{where}: edges: {name}")
        edges[name] = np.array(inner, np.float64)
    return Known(fields.text("bundle"), fields.text("name"), fields.whole("counter", 0, 2**53), edges)
