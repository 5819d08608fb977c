"""What ``run`` watches, counts and keeps: the options of telemetry, samples and delivery, and what is made of them."""

from __future__ import annotations

import argparse
import math
import platform
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from detection.edge.guard.guard import Guard
from detection.edge.guard.sampler import SampleLimits, Sampler
from detection.edge.guard.watcher import TimeLimits, Watched, Watcher
from detection.edge.pulse import Losses
from detection.edge.sinks.http import place_of
from detection.edge.telemetry.delivery import Delivery, Destination
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import DEVICE, Origin
from detection.edge.trust.bundle import DOMAIN_FORMAT, Bundle
from detection.edge.verbs import following, options
from detection.edge.vision.calibration import Thresholds
from detection.errors import DetectionError


def add_watching_options(parser: argparse.ArgumentParser) -> None:
    """What is counted, kept and sent."""
    parser.add_argument("--telemetry", type=Path, metavar="DIR", help="write histograms by camera and minute here")
    parser.add_argument(
        "--device", type=device, default=_own_name(), metavar="NAME", help="this device's name (default: its host's)"
    )
    parser.add_argument("--deliver", metavar="URL", help="send telemetry to this receiver; with --telemetry and --key")
    parser.add_argument("--key", type=Path, metavar="FILE", help="its first line is this device's key there")
    parser.add_argument("--samples", type=Path, metavar="DIR", help="keep a few frames for people to look at here")
    parser.add_argument(
        "--samples-mb", type=options.count, default=200, metavar="N", help="they take at most so much (default 200)"
    )
    parser.add_argument(
        "--samples-minute", type=options.count, default=1, metavar="N",
        help="frames of one camera and reason in a minute, at most (default 1)",
    )  # fmt: skip
    parser.add_argument(
        "--samples-control", type=options.share, default=0.01, metavar="SHARE",
        help="part of all frames that are drawn at random (default 0.01)",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Watching:
    """What a run watches with.

    Attributes:
        watcher: sees every frame.
        outbox: of telemetry, if it is wanted.
        sampler: of frames, if they are wanted.
        delivery: of telemetry, if it is wanted.
    """

    watcher: Watcher
    outbox: Outbox | None
    sampler: Sampler | None
    delivery: Delivery | None

    def lost(self) -> list[str]:
        """What the disk or the receiver refused, in words."""
        records = self.outbox.dropped + self.outbox.waiting if self.outbox else 0
        told = [f"{records} telemetry records lost: the disk refused"] if records else []
        if self.sampler is not None and self.sampler.lost:
            told.append(f"{self.sampler.lost} samples not kept: the disk refused or their budget is used up")
        if self.delivery is not None and self.delivery.refused:
            told.append(f"{self.delivery.refused} telemetry segments refused by the receiver, set aside")
        return told


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Whom a run looks with.

    Attributes:
        bundle: that runs.
        variant: that looks.
        cuts: its thresholds, whatever is answered.
        boot: 16 hex digits that name the run.
        losses: tells the source's and the sinks' own counts.
    """

    bundle: Bundle
    variant: str
    cuts: Thresholds
    boot: str
    losses: Callable[[], Losses]


def require_together(chosen: argparse.Namespace) -> None:
    """Refuse options that do not go together.

    Raises:
        DetectionError: so.
    """
    if (chosen.deliver is None) != (chosen.key is None) or (chosen.deliver and not chosen.telemetry):
        raise DetectionError("--deliver, --key and --telemetry go together; give all three, or --telemetry alone")


def watching_of(chosen: argparse.Namespace, asked: Asked, held: ExitStack) -> Watching:
    """Everything that watches; ``held`` ends the delivery.

    Args:
        chosen: the options.
        asked: what runs.
        held: of the run.

    Raises:
        DetectionError: options that say nothing, or a folder that cannot be made.
    """
    bundle = asked.bundle
    origin = Origin(chosen.device, bundle.digest, asked.variant, asked.boot)
    known = bundle.manifest.format >= DOMAIN_FORMAT or chosen.telemetry
    reference = bundle.reference() if known else None
    bench, domain = OpticalBench(reference.views if reference else {}), bundle.domain()
    outbox = Outbox(chosen.telemetry, origin.boot) if chosen.telemetry else None
    sampler = _sampler(chosen, origin, bundle.manifest.classes)
    watched = Watched(
        origin,
        bench,
        asked.cuts,
        Guard(domain, bench, chosen.still) if domain else None,
        Minutes(outbox, origin, reference.edges) if outbox and reference else None,
        sampler,
        TimeLimits(chosen.budget_ms or math.inf, _limit_ms(bundle, asked.variant)),
        asked.losses,
    )
    return Watching(Watcher(watched), outbox, sampler, _delivery(chosen, held))


def device(text: str) -> str:
    """A device's name."""
    if re.fullmatch(DEVICE, text) is None:
        raise argparse.ArgumentTypeError(f"{text!r}; expected small letters, digits, - and _, at most 64")
    return text


def _own_name() -> str:
    """The host's, as far as it may be a device's."""
    return re.sub("[^a-z0-9_-]+", "-", platform.node().lower()).strip("-_")[:64] or "device"


def _sampler(chosen: argparse.Namespace, origin: Origin, classes: Sequence[str]) -> Sampler | None:
    if chosen.samples is None:
        return None
    limits = SampleLimits(chosen.samples_minute, chosen.samples_mb * 1_000_000, chosen.samples_control)
    return Sampler(chosen.samples, limits, origin, classes)


def _delivery(chosen: argparse.Namespace, held: ExitStack) -> Delivery | None:
    if chosen.deliver is None:
        return None
    key = following.lines_of(chosen.key, "--key", 1)[0]
    if not key.isascii():
        raise DetectionError(f"--key {chosen.key}: expected plain ASCII; write the file anew")
    made = Delivery(chosen.telemetry, Destination(place_of(chosen.deliver, "--deliver", "--key FILE"), key))
    held.callback(made.close)
    return made


def _limit_ms(bundle: Bundle, variant: str) -> float:
    """What the target allows that this machine is, if there is one."""
    here = [one for one in bundle.manifest.targets if (one.machine, one.variant) == (platform.machine(), variant)]
    return here[0].p95_ms if here else math.inf
