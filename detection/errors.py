"""Every error raised on purpose, by what the reader can do about it.

A message says what is wrong, where, what was expected, what was found and what to do next, in one line. Faults of one
file are raised together: ``faults`` holds one line for each.
"""

from __future__ import annotations

from collections.abc import Sequence


class DetectionError(Exception):
    """Base of all: the command line prints it in one line and exits with status 1."""


class FaultsError(DetectionError):
    """Several faults of one input, reported together."""

    def __init__(self, headline: str, faults: Sequence[str] = ()) -> None:
        self.headline = headline
        self.faults = tuple(faults)
        super().__init__("\n".join((headline, *(f"  {fault}" for fault in self.faults))))


class DocumentError(FaultsError):
    """A file that people write (spec, params) does not follow its model: mend the lines named."""


class SourceError(FaultsError):
    """The data handed to ``collect`` cannot be read: mend the export, or the parameters that point at it."""


class LabelsError(FaultsError):
    """Labels are well-formed but not good enough to learn from: relabel what is named."""


class SplitError(FaultsError):
    """No honest split exists for this data: bring more groups, or change the shares."""


class LeakageError(FaultsError):
    """Something stands on both sides of a split: group it, or remove it."""


class TrainingError(FaultsError):
    """Training cannot work as configured: change the parameters named."""


class ModelError(FaultsError):
    """A model file is not what it must be: export it anew."""


class BundleError(FaultsError):
    """A bundle is damaged, foreign or incomplete: fetch it again from where it was signed."""


class FrameError(DetectionError):
    """One image cannot be decoded safely: it is skipped and counted."""


class TelemetryError(FaultsError):
    """Telemetry does not fit the bundle's reference: check which bundle the device runs."""


class EnvironmentMissingError(DetectionError):
    """A package or program is missing: install the environment named."""


class GateRefusalError(DetectionError):
    """The verdict is not green: a result, not a fault; the command line exits with status 2."""
