"""Stage ``collect``: which frames and labels do we have, from where, under which right to use them?

Reads  the deliveries that collect.sources names, or the practice world; what the last run left in data/collect
Writes data/collect/shards/*.tar, sources/*/, frames.parquet, duplicates.parquet, boxes.parquet, assignments.parquet,
       source.json, manifest.json: all of them in one step, or none
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from detection.errors import SourceError
from detection.outside import documents, exits
from detection.outside.intake import generations, sources, storing
from detection.outside.intake.sources import Declared, Wanted
from detection.rules.document import Contradiction, Document
from detection.rules.labels.intake import collection, merging
from detection.rules.labels.intake.collection import Collection, Record
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.merging import Merged, Part
from detection.rules.labels.intake.sources import SourceEntry
from detection.rules.spec.spec import Spec
from detection.rules.spec.units import PositiveCount

OUT = Path("data/collect")


class Params(Document):
    """Section ``collect`` of params.yaml."""

    shard_megabytes: PositiveCount
    limits: Limits
    sources: Annotated[list[SourceEntry], Field(min_length=1)]

    def contradictions(self) -> list[Contradiction]:
        """No two sources may share an id: it names their files."""
        ids = [source.id for source in self.sources]
        twice = [place for place, name in enumerate(ids) if name in ids[:place]]
        return [Contradiction(("sources", n, "id"), f"{ids[n]!r} names another source too; rename one") for n in twice]


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """What the stage writes, beside what each source owns.

    Attributes:
        merged: the tables of all sources.
        collection: what arrived, and what was set aside.
    """

    merged: Merged
    collection: Collection


def run(parts: Sequence[Part], records: Sequence[Record]) -> Collected:
    """Put the sources together.

    Args:
        parts: the tables of each source, in the order of params.yaml.
        records: what is told of each.

    Raises:
        SourceError: two sources contradict each other.
    """
    merged = merging.merged(parts)
    rejected = [*(row for record in records for row in record.rejected), *merged.rejected]
    return Collected(merged, collection.summary(merged.tables, [r.contribution for r in records], rejected))


def refuse(collected: Collection) -> None:
    """Stop where nothing is left to go on with.

    Raises:
        SourceError: with the first reasons.
    """
    if not collected.frames:
        reasons = [f"{row.name}: {row.reason}" for row in collected.rejected[:20]]
        raise SourceError("the sources hold no usable image", reasons)


def say(told: Collection) -> None:
    """Tell people what there is now, and what had to go."""
    for source in told.contributions:
        if source.expired or any(row.finding == "expired" and row.name == source.id for row in told.rejected):
            which = f"{source.expired} frames" if source.expired else "all"
            print(
                f"collect: {which} of {source.id} may no longer be kept and were left out; see data/collect/source.json"
            )
    drawn = f"{told.boxes} boxes by {', '.join(told.annotators) or 'nobody'}"
    print(f"collect: {told.frames} frames of {told.source}, {drawn}; {len(told.rejected)} rejected")


def main() -> None:
    """Bring every source in, put them together, and take the place of what was there."""
    params = documents.read_document(Params, Path("params.yaml"), section="collect")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    declared = Declared(spec.classes, spec.conditions, spec.sources, spec.labelling.guideline_version)
    sources.check(params.sources, declared)
    wanted = Wanted(declared, params.limits, params.shard_megabytes * 1_000_000, datetime.now(UTC).date())
    building = generations.begin(OUT)
    records = sources.gather(params.sources, wanted, OUT, building)
    made = run([storing.part_of(building, record.contribution.id) for record in records], records)
    told = made.collection
    if not any(row.finding == "expired" for row in told.rejected):
        refuse(told)
    storing.write_tables(building, made.merged.tables, made.merged.duplicates)
    documents.write_value(building / "source.json", told)
    storing.promise(building, records)
    generations.finish(building, OUT)
    say(told)
    refuse(told)


if __name__ == "__main__":
    exits.run(main)
