"""What the story plays: ``specs/story.yaml``. The year, the cameras, and where its decisions differ from the spec's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from detection.rules.document import Contradiction, Document
from detection.rules.spec.field import Duration, Monitoring, Retraining
from detection.rules.spec.judging import Criterion, OperatingPoint
from detection.rules.spec.labels import ObjectClass
from detection.rules.spec.review import Review
from detection.rules.spec.spec import Spec
from detection.rules.spec.units import PositiveCount, Share


class Fine(Document):
    """How the challenger is trained, from the champion's weights on; names are those of params.yaml."""

    epochs: PositiveCount
    batch: PositiveCount
    nominal_batch: PositiveCount
    learning_rate: Annotated[float, Field(gt=0)]
    warmup_epochs: Annotated[float, Field(ge=0)]
    warmup_bias_rate: Annotated[float, Field(ge=0)]
    hsv_h: Share
    hsv_s: Share


class Rehearsal(Document):
    """How much of what taught the champion is seen again beside the new frames."""

    frames: PositiveCount
    balance_by: str
    """A condition of the spec: as many frames of each of its values, as far as there are."""


class Converting(Document):
    """How its variants are made."""

    float_share: Share
    """See params.yaml; likewise the others."""
    calibration_frames: PositiveCount
    calibration_quantile: Annotated[float, Field(gt=0, le=1)]
    compared_frames: PositiveCount


class Watch(Document):
    """How cameras are watched that take a frame every few hours; the rest is as the spec has it."""

    baseline_days: PositiveCount
    """After the first day, accepted as every camera's own baseline."""
    windows: Annotated[list[Duration], Field(min_length=1)]
    minimum_frames: PositiveCount
    minimum_detections: PositiveCount


class Reviewing(Document):
    """What people look at once the monitor has asked for it."""

    look_back_days: PositiveCount
    """Frames that were taken so long before the decision may be queued."""
    quota_factor: PositiveCount
    """How many times the spec's quotas, once somebody agreed to retrain."""
    labels_wanted: PositiveCount
    """Frames to be labelled for a challenger."""
    labels_again: PositiveCount
    """Further frames to be labelled before another is made, if one does not pass."""
    challengers: PositiveCount
    """So many are made at most."""
    control_share: Share
    """Part of all frames that a device keeps at random."""


class Plan(Document):
    """The story."""

    cameras: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    """Of the practice world; those of split train teach the challenger, those of the judging sets judge it."""
    frames_per_day: Annotated[int, Field(ge=1, le=1440)]
    first_day: date
    days: PositiveCount
    crates_from: date
    """First day on which crates ride along; the light drifts from the first day on."""
    day_to_live_days: PositiveCount
    """From the decision to retrain until the challenger has reached all cameras."""
    watch: Watch
    reviewing: Reviewing
    training: Fine
    rehearsal: Rehearsal
    converting: Converting
    new_class: ObjectClass
    criteria: Annotated[list[Criterion], Field(min_length=1)]
    """What the specification with the new class asks beyond that of the first release."""
    operating_points: Annotated[list[OperatingPoint], Field(min_length=1)]
    """How it has classes cut."""
    suppression_across_classes: bool
    """What it says of ``output`` with the new class."""
    guideline_version: str
    """Of the labelling guideline that names the new class."""
    fall: Share
    """By so much below the gate true precision must not have fallen when the alarm comes."""
    recovery: Share
    """So near to the first release's figures the challenger's must come."""

    def contradictions(self) -> list[Contradiction]:
        """The crates come after the baseline and before the end."""
        if not self.baseline_end <= self.crates_from < self.last_day:
            return [Contradiction(("crates_from",), "must lie after the baseline's days and before the last day")]
        return []

    @property
    def baseline_end(self) -> date:
        """First day after the baseline."""
        return self.first_day + timedelta(days=self.watch.baseline_days)

    @property
    def last_day(self) -> date:
        """Of the story."""
        return self.first_day + timedelta(days=self.days - 1)

    def monitoring(self, spec: Spec) -> Monitoring:
        """The spec's, with the story's windows."""
        watch = self.watch
        return spec.monitoring.model_copy(
            update={
                "windows": watch.windows,
                "minimum_frames": watch.minimum_frames,
                "minimum_detections": watch.minimum_detections,
            }
        )

    def retraining(self, spec: Spec) -> Retraining:
        """The spec's, with as many labels as the story wants, and never stale: the year is the question."""
        update = {"labels_wanted": self.reviewing.labels_wanted, "staleness_days": self.days + 1}
        return spec.retraining.model_copy(update=update)

    def review(self, spec: Spec, agreed: bool) -> Review:
        """The spec's, with larger quotas for a challenger; before one is agreed to, only frames drawn at random.

        Those alone tell how good the release is; the others teach, and cost as much of a person's time.
        """
        times = self.reviewing.quota_factor if agreed else 1
        quotas = [
            quota.model_copy(update={"frames": quota.frames * times, "per_camera": quota.per_camera * times})
            for quota in spec.review.quotas
            if agreed or quota.reason == "control"
        ]
        return spec.review.model_copy(update={"quotas": quotas})

    def classes(self, spec: Spec) -> list[ObjectClass]:
        """The spec's classes and the new one."""
        return [*spec.classes, self.new_class]
