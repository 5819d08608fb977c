"""A bundle whose files have been checked: the only way from a folder to a detector."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.edge.engines.built import read_engine
from detection.edge.engines.opening import open_session
from detection.edge.engines.session import Session
from detection.edge.telemetry import domain
from detection.edge.telemetry.domain import Domain
from detection.edge.telemetry.reference import Reference
from detection.edge.trust import golden
from detection.edge.trust.golden import Golden
from detection.edge.trust.keys import Trust
from detection.edge.trust.manifest import Variant
from detection.edge.trust.verify import Verified, plain_bytes, verified
from detection.edge.vision.calibration import Thresholds, read_calibrations, read_thresholds
from detection.edge.vision.detector import Detector
from detection.errors import BundleError, ModelError

DOMAIN_FORMAT = 3
"""Of bundles that carry ``domain.json``."""


@dataclass(frozen=True, slots=True)
class Bundle(Verified):
    """A verified bundle, ready for use; made by :func:`open_bundle`."""

    def read(self, name: str) -> bytes:
        """One file's bytes, held to the manifest once more: nobody changes a file between check and use.

        Raises:
            BundleError: unknown, missing or changed.
        """
        entry = self.manifest.entry(name)
        try:
            content = plain_bytes(self.folder / name, entry.bytes)
        except OSError as error:
            raise BundleError(f"{name}: cannot be read ({error.strerror or error}); fetch the bundle again") from error
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise BundleError(f"{name}: changed since it was checked; fetch the bundle again")
        return content

    def detector(self, variant: str | None = None, threads: int = 1, built: Path | None = None) -> Detector:
        """The detector of one variant, warmed up; calibrated, thresholds not applied.

        Args:
            variant: its name; the default with None.
            threads: that compute one frame.
            built: an engine that was built of this variant on this device, to run in its place.

        Raises:
            BundleError: no such variant, or the model does not fit the manifest.
        """
        chosen = self.manifest.variant(variant)
        try:
            session = self._session(chosen, threads, built)
        except ModelError as error:
            raise BundleError(f"{chosen.file}: {error}") from error
        height, width = session.tensor.shape[2:]
        size = (width, height)
        if size != (chosen.width, chosen.height) or session.classes != len(self.manifest.classes):
            raise BundleError(
                f"{chosen.file}: takes {size[0]} x {size[1]} and knows {session.classes} classes; expected "
                f"{chosen.width} x {chosen.height} and {len(self.manifest.classes)}; build the bundle anew"
            )
        maps = read_calibrations(self._json("calibration.json"), self.manifest.classes)
        if chosen.name not in maps:
            raise BundleError(f"calibration.json: has no variant {chosen.name!r}; build the bundle anew")
        return Detector(session, self.manifest.settings, maps[chosen.name])

    def _session(self, chosen: Variant, threads: int, built: Path | None) -> Session:
        if built is None:
            return open_session(chosen.engine, self.read(chosen.file), threads)
        engine = read_engine(built, self.manifest.entry(chosen.file).sha256)
        return open_session(engine.engine, engine.content, threads)

    def thresholds(self, variant: str | None = None) -> Thresholds:
        """Where each class is cut for one variant.

        Raises:
            BundleError: no such variant, or cuts that were chosen for another model.
        """
        manifest = self.manifest
        models = {one.name: manifest.entry(one.file).sha256 for one in manifest.variants}
        cuts = read_thresholds(self._json("thresholds.json"), manifest.classes, models)
        return cuts[manifest.variant(variant).name]

    def reference(self) -> Reference:
        """The drift reference.

        Raises:
            BundleError: not one, or a bundle of before format 3, whose reference knew three signals.
        """
        if self.manifest.format < DOMAIN_FORMAT:
            raise BundleError(
                f"reference.json: is of bundle format {self.manifest.format}, which is verified and runs, but cannot "
                "be watched by this version; watch it with the program that it carries, or build it anew"
            )
        return Reference.from_json(self._json("reference.json"))

    def domain(self) -> Domain | None:
        """The validated world; None of a bundle of before format 3, which has no guard."""
        if self.manifest.format < DOMAIN_FORMAT:
            return None
        return Domain.from_json(self._json(domain.NAME))

    def golden(self) -> Golden:
        """The golden frames' expected answers."""
        variants = [variant.name for variant in self.manifest.variants]
        return Golden.from_json(self._json(golden.NAME), self.manifest.classes, variants)

    def _json(self, name: str) -> object:
        return checked.parse(self.read(name), name)


def open_bundle(folder: Path, trust: Trust | None = None) -> Bundle:
    """Check a bundle, whole; see :func:`detection.edge.trust.verify.verified`.

    Args:
        folder: the bundle's folder.
        trust: whose signatures it must bear; with None signatures are not looked at.

    Raises:
        BundleError: damaged, incomplete, or not signed by enough of the trusted keys.
        EnvironmentMissingError: signatures are asked for and ``cryptography`` is not installed.
    """
    found = verified(folder)
    if trust is not None:
        from detection.edge.trust.signatures import require_signed

        require_signed(found, trust)
    return Bundle(found.folder, found.manifest, found.digest)
