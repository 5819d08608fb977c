"""A model that may be compared: opened wherever it lies, with what it needs to be run again as it would ship.

Reads, of a folder, the workspace or a revision of git: convert/variants.json and its models;
calibrate/calibration.json, thresholds.json, reference.json; split/splits.parquet, if it is there
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detection.edge.settings import Settings
from detection.edge.vision.calibration import Calibration, Thresholds, read_calibrations, read_thresholds
from detection.edge.vision.detector import Detector
from detection.errors import BundleError, LeakageError
from detection.outside import documents, inference, tables
from detection.outside.dataset import Dataset
from detection.outside.dvc import RevisionError
from detection.outside.revisions.places import DATA, Folder, Place, place_of
from detection.rules.judging.comparison import sheet
from detection.rules.labels.samples import Strings
from detection.rules.variants import Variants

VARIANTS = "convert/variants.json"
DEVICE_DOCUMENTS = ("calibrate/calibration.json", "calibrate/thresholds.json", "calibrate/reference.json")
SPLITS = "split/splits.parquet"
OF_A_BUNDLE = "fetch the bundle again, or build it anew"
"""What the device is told to do about a document that it cannot read."""
OF_A_CONTENDER = (
    "it is damaged or of another version of the pipeline: run stage calibrate with this version in a folder that holds "
    "its outputs, then compare that folder"
)


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """One model in all its variants.

    Attributes:
        name: how it was asked for.
        place: finds its files.
        variants: what converting made; the first is the default.
        calibrations: by variant.
        thresholds: by variant.
    """

    name: str
    place: Place
    variants: Variants
    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Thresholds]

    @property
    def model_digests(self) -> dict[str, str]:
        """Variant to the SHA-256 of its model file, in the order of the variants."""
        return {variant.name: variant.sha256 for variant in self.variants.variants}

    def bytes(self) -> int:
        """Size of what ships of it, without the runtime, which is common to all."""
        beside = sum(part(self.place, self.name, name).stat().st_size for name in DEVICE_DOCUMENTS)
        return beside + sum(variant.bytes for variant in self.variants.variants)

    def answering_digest(self) -> str:
        """What decides its answers, as a registered bundle spells it too."""
        calibration, thresholds = (part(self.place, self.name, one).read_bytes() for one in DEVICE_DOCUMENTS[:2])
        return sheet.answering_digest(self.model_digests, calibration, thresholds)

    def detector(self, variant: str, settings: Settings, threads: int) -> Detector:
        """One variant as it ships.

        Args:
            variant: its name.
            settings: of suppression; today's, for every contender.
            threads: that compute one frame.

        Raises:
            RevisionError: the model is not here.
            ModelError: it is not the one that was converted.
        """
        chosen = self.variants.named(variant)
        path = part(self.place, self.name, f"convert/{chosen.file}")
        session = inference.open_session(path.parent, replace(chosen, file=path.name), threads)
        return Detector(session, settings, self.calibrations[variant])


def open_contender(name: str, root: Path = Path()) -> Contender:
    """Read everything but the models themselves.

    Args:
        name: ``workspace``, a folder (``data`` of a project, or the project's own), or a revision of git.
        root: the repository's folder.

    Raises:
        RevisionError: no such place, or a part of it is not here.
        DocumentError: a part is damaged.
        BundleError: its thresholds were chosen for another model, or do not fit its classes.
    """
    place = _place(name, root)
    variants = documents.read_value(Variants, part(place, name, VARIANTS))
    calibration, thresholds = (documents.read_json(part(place, name, one)) for one in DEVICE_DOCUMENTS[:2])
    digests = {variant.name: variant.sha256 for variant in variants.variants}
    try:
        return Contender(
            name,
            place,
            variants,
            read_calibrations(calibration, variants.classes),
            read_thresholds(thresholds, variants.classes, digests),
        )
    except BundleError as error:
        raise BundleError(f"{name}: {str(error).replace(OF_A_BUNDLE, OF_A_CONTENDER)}") from error


def part(place: Place, name: str, path: str) -> Path:
    """A file that a contender must have.

    Raises:
        RevisionError: it has none, or it is not here.
    """
    found = place.find(path)
    if found is None:
        raise RevisionError(
            f"{name}: holds no {path}; expected the outputs of a whole `dvc repro` (a folder such as data, "
            "`workspace`, or a revision whose dvc.lock was committed)"
        )
    return found


def refuse_leak(contender: Contender, dataset: Dataset, sets: tuple[str, ...]) -> None:
    """Whoever learned from a frame may not be judged on it; a contender that kept no split is taken at its word.

    Args:
        contender: with the split that it was trained under.
        dataset: today's.
        sets: that judge.

    Raises:
        LeakageError: it was trained or calibrated on frames that judge today.
    """
    path = contender.place.find(SPLITS)
    if path is None:
        return
    columns = tables.read_columns(path)
    learned: Strings = columns["frame"][np.isin(columns["split"], ("train", "val"))]  # type: ignore[assignment]
    rows = dataset.chosen(*sets)
    seen = rows[np.isin(dataset.frames.id[rows].astype(str), learned.astype(str))]
    if len(seen):
        raise LeakageError(
            f"{contender.name}: learned from {len(seen)} of the {len(rows)} frames that judge today, so its figures on "
            "them would flatter it; expected none; train it again under today's split, or compare under its own",
            [f"frame {dataset.frames.name[row]} ({dataset.split_of[row]})" for row in seen[:10].tolist()],
        )


def _place(name: str, root: Path) -> Place:
    """Where the outputs of its stages lie; of a project's folder, its ``data``."""
    place = place_of(name, root)
    if isinstance(place, Folder) and place.find(VARIANTS) is None and (place.path / DATA).is_dir():
        return Folder(place.path / DATA)
    return place
