"""The packed runtime as a device runs it: a process of its own, in an environment made of the device's requirements.

Engines that these requirements do not bring are run by the packed runtime in the environment that is running here.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.edge.engines.opening import open_session
from detection.edge.settings import Settings
from detection.edge.trust import exam, golden, manifest
from detection.edge.trust.exam import Exam
from detection.edge.trust.golden import Golden, Tolerance
from detection.edge.trust.manifest import Identity
from detection.edge.verbs.ending import DONE, OTHERWISE
from detection.edge.vision.calibration import identity, read_calibrations
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import PIXEL_LIMIT
from detection.errors import BundleError
from detection.outside import bundles, runtime_archive
from detection.rules.variants import Variant, Variants

BARE_ENGINES = frozenset(("onnxruntime",))
"""Engines that requirements/edge.txt brings."""
BARE, HERE = "runtime.pyz, bare environment", "runtime.pyz, this environment"
_UNJUDGED = "0" * 64
_CALIBRATION = "calibration.json"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What would ship.

    Attributes:
        variants: the models' description.
        models: bytes of each model file by its name.
        calibration: bytes of calibration.json.
        settings: of the detector.
    """

    variants: Variants
    models: Mapping[str, bytes]
    calibration: bytes
    settings: Settings

    def plain(self, variant: Variant) -> Detector:
        """The detector of one variant, its scores not calibrated."""
        session = open_session(variant.engine, self.models[variant.file])
        return Detector(session, self.settings, identity(len(self.variants.classes)))

    def detectors(self) -> dict[str, Detector]:
        """The detectors of all variants, calibrated."""
        maps = read_calibrations(checked.parse(self.calibration, _CALIBRATION), self.variants.classes)
        opened = {one.name: open_session(one.engine, self.models[one.file]) for one in self.variants.variants}
        return {name: Detector(session, self.settings, maps[name]) for name, session in opened.items()}


def place_of(variant: Variant) -> str:
    """Where the packed runtime runs a variant: :data:`BARE`, or :data:`HERE`."""
    return BARE if variant.engine in BARE_ENGINES else HERE


def sittings(shipped: Shipped, runtime: bytes, files: Mapping[str, bytes], due: Exam) -> dict[str, Exam]:
    """The exam as the packed runtime sits it, one process a variant.

    Args:
        shipped: models and their settings.
        runtime: the packed runtime.
        files: bytes of each picture by its name in the bundle.
        due: what this process saw in them.

    Returns:
        By variant.

    Raises:
        BundleError: the runtime ended with a fault.
        EnvironmentMissingError: the bare environment was not made.
    """
    with tempfile.TemporaryDirectory(prefix="detection-parity-") as name:
        folder = Path(name)
        _write(folder / "bundle", shipped, runtime, {**files, exam.NAME: due.to_bytes()})
        return {variant.name: _sitting(folder, variant, shipped) for variant in shipped.variants.variants}


def _sitting(folder: Path, variant: Variant, shipped: Shipped) -> Exam:
    python = runtime_archive.device_python() if place_of(variant) == BARE else Path(sys.executable)
    bundle, answers = folder / "bundle", folder / f"{variant.name}.json"
    program = [python, "-I", bundle / runtime_archive.NAME, "selftest", bundle]
    words = [*program, "--variant", variant.name, "--answers", answers]
    done = subprocess.run(list(map(str, words)), capture_output=True, check=False, cwd=folder)
    if done.returncode not in (DONE, OTHERWISE) or not answers.is_file():
        said = done.stderr.decode(errors="replace").strip()
        raise BundleError(f"the packed runtime ended with {done.returncode} over {variant.name}: {said}; mend it")
    return Exam.from_bytes(answers.read_bytes(), len(shipped.variants.classes))


def _write(folder: Path, shipped: Shipped, runtime: bytes, more: Mapping[str, bytes]) -> None:
    variants = tuple(bundles.shipped(variant) for variant in shipped.variants.variants)
    everywhere = manifest.Target("here", platform.machine(), "onnxruntime", variants[0].name, 1e6, 1e6)
    watch = manifest.Watch(0, 1, 1, 1, 1)
    classes = tuple(shipped.variants.classes)
    described = Identity("parity", 0, classes, shipped.settings, PIXEL_LIMIT, _UNJUDGED, variants, (everywhere,), watch)
    none = Golden(Tolerance(0, 0, 0), ())
    contents = {
        runtime_archive.NAME: runtime,
        _CALIBRATION: shipped.calibration,
        golden.NAME: checked.canonical(none.to_json(classes)),
        **{f"models/{name}": content for name, content in shipped.models.items()},
        **more,
    }
    bundles.write(folder, described, contents)
