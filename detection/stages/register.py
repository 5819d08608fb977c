"""Stage ``register``: what passed becomes a version of the registry, in Development everywhere.

Reads  export/bundle; data/profile/costs.json; params.yaml; dvc.lock, for the bundle's name in the cache
Writes data/register/registered.json; the registry itself lies where section ``register`` says, and is no output: it
       outlives the workspace, and what it holds is never made anew

A bundle that is registered already stays what it was, so the stage may run as often as it likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from detection.edge.trust.bundle import Bundle, open_bundle
from detection.outside import documents, exits
from detection.outside.database.registry import Registry, open_registry
from detection.outside.registry import places
from detection.outside.registry.submissions import registering, stored
from detection.outside.registry.submissions.registering import Submission
from detection.rules.judging.costs import CostSheet

BUNDLE = Path("export/bundle")
COSTS = Path("data/profile/costs.json")
OUT = Path("data/register/registered.json")


class Params(places.Section):
    """Section ``register`` of params.yaml."""


@dataclass(frozen=True, slots=True)
class Registered:
    """``data/register/registered.json``.

    Attributes:
        model: name of the product.
        digest: of the bundle's manifest.
        number: of the version; ``""`` if nothing was registered.
        words: why it has this number, or why it has none.
    """

    model: str
    digest: str
    number: str
    words: str


def run(registry: Registry, bundle: Bundle, submission: Submission, at: datetime) -> Registered:
    """Register the bundle, or find that it is registered.

    Raises:
        BundleError: its evidence is missing, damaged, or of other models.
        RegistryError: the database refuses.
    """
    version = registering.register(registry, bundle, submission, at)
    return Registered(version.content.model, bundle.digest, str(version.number), version.reason)


def main() -> None:
    """Read, register if params say so, write."""
    params = documents.read_document(Params, Path("params.yaml"), section="register")
    bundle = open_bundle(BUNDLE)
    done = _registered(params, bundle) if params.automatic else _left(bundle)
    documents.write_value(OUT, done)
    said = f"{done.model} {done.number} is registered" if done.number else f"{done.model} is not registered"
    print(f"{said}: {done.words}")


def _registered(params: Params, bundle: Bundle) -> Registered:
    costs = documents.read_value(CostSheet, COSTS)
    submission = Submission(params.submitter, tuple(params.tags), stored.place_of(bundle), costs)
    with open_registry(params.registry, create=True) as registry:
        return run(registry, bundle, submission, datetime.now(UTC))


def _left(bundle: Bundle) -> Registered:
    words = "register.automatic in params.yaml is false; by hand: detection registry register"
    return Registered(bundle.manifest.name, bundle.digest, "", words)


if __name__ == "__main__":
    exits.run(main)
