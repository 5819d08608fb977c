"""Stage ``split``: who trains, who judges; does anything leak?

Reads  data/validate/frames.parquet, duplicates.parquet, images.parquet, data/agreement/labelled.parquet,
       labels.parquet, specs/judging/*.json where sets are frozen, data/collect/shards for pictures, and its own former
       data/split/splits.parquet, departed.parquet and identity.json: what was placed stays
Writes data/split/splits.parquet (frame, split, group), departed.parquet (the same of frames that have left the data),
       identity.json, certificate.json, certificate.html, classes.json
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import model_validator

from detection.errors import FrameError, LeakageError, SourceError
from detection.outside import documents, exits, files, frozen, html, pictures, shards, tables
from detection.rules.document import Document
from detection.rules.evidence.labels import split as evidence
from detection.rules.evidence.page import Picture
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import placement
from detection.rules.labels.splits.attack import Dice
from detection.rules.labels.splits.certificate import Certificate, NearPair
from detection.rules.labels.splits.division import Demand, Division, Lists, Material, Placed, divide
from detection.rules.labels.splits.placement import Shares
from detection.rules.spec.labels import Split
from detection.rules.spec.spec import Spec
from detection.rules.spec.units import OpenShare, PositiveCount

VALIDATE = Path("data/validate")
AGREEMENT = Path("data/agreement")
SHARDS = Path("data/collect/shards")
OUT = Path("data/split")
PAGE = "certificate.html"
DEPARTED = "departed.parquet"
IDENTITY = "identity.json"
LISTS = (placement.TRAIN, placement.VAL, placement.TEST)


class AttackParams(Document):
    """Section ``split.attack`` of params.yaml."""

    frames: PositiveCount
    """Judging frames that are attacked, at most."""
    repeats: PositiveCount
    """Draws of random train frames: what chance achieves."""
    seed: int


class Params(Document):
    """Section ``split`` of params.yaml."""

    salt: str
    """Makes the placing of groups ours; another salt is another split."""
    train: OpenShare
    val: OpenShare
    test: OpenShare
    lists: str | None
    """Folder with train.txt, val.txt and test.txt: a split somebody brought, audited instead of drawn."""
    attack: AttackParams

    @model_validator(mode="after")
    def _shares_must_sum_to_one(self) -> Params:
        total = self.train + self.val + self.test
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"train, val and test sum to {total:g}; expected 1 (shares, not percent)")
        return self

    def dice(self) -> Dice:
        """What the attack may draw."""
        return Dice(self.attack.frames, self.attack.repeats, self.attack.seed)

    def shares(self) -> Shares:
        """Parts of the sides."""
        return Shares(self.train, self.val, self.test)


@dataclass(frozen=True, slots=True)
class Identity:
    """``identity.json``: what a placement was made by; what was placed by another is drawn anew."""

    salt: str
    shares: Shares
    keys: tuple[str, ...]
    time_window_s: float | None
    near_duplicate_bits: int | None


def run(params: Params, rule: Split, material: Material, lists: Lists | None) -> Division:
    """Place every labelled frame with its group, and prove by a recount that nothing leaks.

    Raises:
        SplitError: no honest split exists, or frozen frames cannot judge.
        LeakageError: a drawn split leaks, which would be our own fault.
    """
    return divide(Demand(rule, params.shares(), params.salt, params.dice()), material, lists)


def identity_of(params: Params, rule: Split) -> Identity:
    """What decides where a frame stands, besides the frames."""
    return Identity(params.salt, params.shares(), tuple(rule.keys), rule.time_window_s, rule.near_duplicate_bits)


def too_easy(certificate: Certificate, rule: Split) -> None:
    """Refuse a split whose labels can be copied across.

    Raises:
        LeakageError: the attack's advantage is above the spec's maximum.
    """
    most, made = rule.attack_advantage_maximum, certificate.attack
    if most is not None and made is not None and made.advantage > most:
        raise LeakageError(
            f"labels copied from the nearest frame fit {made.advantage:.3f} better than chance (at most {most:g})"
            f"; look at the pairs in {OUT / PAGE}, then add a key, a time window or a larger radius to the spec's split"
        )


def former(identity: Identity, table: str = "splits.parquet") -> Placed | None:
    """The placement that stands, or what has left it, if it was made by the same rules.

    Raises:
        DocumentError: it is there and damaged.
    """
    if former_identity() != identity:
        return None
    if table == DEPARTED and not (OUT / table).exists():
        return None  # splits made before frames that left were remembered have no such table
    columns = tables.read_columns(OUT / table)
    return Placed(columns["frame"], columns["split"], columns["group"])  # type: ignore[arg-type]


def former_identity() -> Identity | None:
    """What the placement that stands was made by; None where nothing says so.

    Raises:
        DocumentError: it is there and damaged.
    """
    return documents.read_value(Identity, OUT / IDENTITY) if (OUT / IDENTITY).exists() else None


def main() -> None:
    """Read the accepted frames, place them, write the split and its certificate."""
    params = documents.read_document(Params, Path("params.yaml"), section="split")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    identity = identity_of(params, spec.split)
    material = Material(
        tables.read_frames(VALIDATE / "frames.parquet"),
        tables.read_frames(VALIDATE / "duplicates.parquet"),
        tables.read_assignments(AGREEMENT / "labelled.parquet"),
        tables.read_annotations(AGREEMENT / "labels.parquet"),
        tables.read_statistics(VALIDATE / "images.parquet"),
        frozen.read_all(),
        *((former(identity), former(identity, DEPARTED)) if params.lists is None else (None, None)),
    )
    lists = None if params.lists is None else {n: files.read_lines(Path(params.lists) / f"{n}.txt") for n in LISTS}
    made = run(params, spec.split, material, lists)
    names = {c.id: c.display for c in spec.classes}
    shown = tuple(_pair(pair, material.frames) for pair in made.certificate.nearest)
    files.write_text(OUT / PAGE, html.page(evidence.page(made.certificate, spec.name, names, shown)))
    too_easy(made.certificate, spec.split)
    write(made, identity, spec)
    _say(made.certificate, made.kept_frames)


def write(made: Division, identity: Identity, spec: Spec) -> None:
    """Write the split, each file whole or not at all.

    While the rules stay, ``identity.json`` stays: a run that is cut off leaves the old placement or the new one, and
    neither is forgotten. Under other rules it goes first and comes last: what is half written then is drawn anew.
    """
    remembered = None if made.certificate.official else identity
    if former_identity() != remembered:
        (OUT / IDENTITY).unlink(missing_ok=True)
    for name, placed in ((DEPARTED, made.departed), ("splits.parquet", made.placed)):
        columns = {"frame": placed.frame, "split": placed.split_of, "group": placed.group_of}
        tables.write_columns(OUT / name, columns)
    documents.write_value(OUT / "certificate.json", made.certificate)
    files.write_json(OUT / "classes.json", [c.id for c in spec.classes])
    if remembered is not None:
        documents.write_value(OUT / IDENTITY, remembered)


def _pair(pair: NearPair, frames: Frames) -> tuple[Picture, ...]:
    """Two frames side by side; none where a picture cannot be shown."""
    rows = [np.flatnonzero(frames.id == one)[0] for one in (pair.frame, pair.other_frame)]
    try:
        shown = [pictures.frame(_content(frames, int(row)), ()) for row in rows]
    except (FrameError, SourceError):
        return ()
    return evidence.side_by_side(pair, shown)


def _content(frames: Frames, row: int) -> bytes:
    if not frames.shard[row]:
        raise SourceError(f"{frames.name[row]}: only its labels are known")
    place = SHARDS / str(frames.shard[row])
    return shards.read_member(place, int(frames.offset[row]), int(frames.length[row]), str(frames.id[row]))


def _say(certificate: Certificate, kept_frames: int) -> None:
    counts = ", ".join(f"{s.set} {s.frames}" for s in certificate.sets)
    print(f"split: {counts} frames in {certificate.groups} groups; {certificate.statement}")
    print(f"split: {certificate.judging}")
    if kept_frames:
        print(f"split: {kept_frames} frames stayed where they were")
    if certificate.set_aside:
        print(
            f"split: {certificate.set_aside} new frames set aside, they would tie two sides together; see {OUT / PAGE}"
        )
    if certificate.attack is not None:
        copied, chance = certificate.attack.nearest, certificate.attack.chance
        print(f"split: labels copied from the nearest train frame: F1 {copied.boxes:.3f} (chance {chance.boxes:.3f})")


if __name__ == "__main__":
    exits.run(main)
