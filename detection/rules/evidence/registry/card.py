"""The model card of a registered version: what it is for, how good, how costly, from what it was made."""

from __future__ import annotations

from detection.rules.evidence import lineage, purpose
from detection.rules.evidence.numerals import cut, digits
from detection.rules.evidence.page import Fact, Facts, Folded, Note, Section
from detection.rules.evidence.registry.known import Evidence, Known
from detection.rules.evidence.registry.live import resources
from detection.rules.evidence.registry.words import digest_cell, moment, slot_cell, stage_cell
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.comparison.words import NAMES
from detection.rules.registry.registered import Metric, Version
from detection.rules.spec.spec import Spec

FIRST = ("golden", "challenge", "test")
"""Sets in the order in which they matter."""


def sections(version: Version, known: Known) -> tuple[Section, ...]:
    """The whole card; what it is for stands there if the bundle is at hand."""
    evidence = known.evidence.get(version.content.digest, Evidence())
    spec = evidence.spec
    intended = () if spec is None else (purpose.section(spec.classes, spec.conditions, spec.output),)
    limits = () if spec is None else (purpose.limits(spec.conditions, _is_practice(spec)), purpose.licence())
    return (
        identity(version, known),
        *intended,
        measured(version),
        *limits,
        lineage.section(version.content.lineage),
    )


def identity(version: Version, known: Known) -> Section:
    """Number, contract, people, where it stands."""
    content, contract = version.content, version.content.contract
    facts = Facts(
        (
            Fact("Version", str(version.number), version.reason),
            Fact("Gate", content.verdict, tone=Tone.GOOD if content.verdict == "PASS" else Tone.BAD),
            Fact("Parity", "holds" if content.parity else "does not hold"),
            Fact("Risk tier", content.risk_tier),
            Fact("Owner", content.owner or "nobody is named"),
            Fact("Submitted by", version.submitter, moment(version.registered_at)),
            Fact("Bundle", f"{content.bundle_mb:.1f} MB", content.bundle_place),
        )
    )
    rows = (
        ("Classes, in the order of the answers", ", ".join(contract.classes)),
        ("Coordinates", contract.coordinates),
        ("Scores", contract.scores),
        ("Detections in a frame", f"at most {contract.maximum_detections}"),
        ("Format of the answers", str(contract.answer_format)),
        ("Inputs", "; ".join(contract.inputs)),
        ("Devices", ", ".join(content.targets)),
    )
    signature = Table(
        (Column("Contract"), Column("What consumers may rely on")),
        tuple((text(name), text(value)) for name, value in rows),
    )
    lead = f"Registered {moment(version.registered_at)} UTC; never changed since."
    return Section("identity", "What it is", lead, (facts, *_remarks(version), signature, stages(version, known)))


def stages(version: Version, known: Known) -> Table:
    """Where it stands in each slot of its model."""
    rows = tuple(
        (slot_cell(one.slot), stage_cell(one.stage_of(version.content.digest)))
        for one in known.slots_of(version.content.model)
    )
    return Table((Column("Slot"), Column("Stage")), rows, title="Where it stands")


def measured(version: Version) -> Section:
    """Figures of all sets, those of whole sets first; what it costs."""
    metrics = sorted(version.content.metrics, key=_weight)
    whole = tuple(_row(one) for one in metrics if one.label == "every")
    classes = tuple(_row(one) for one in metrics if one.label != "every")
    columns = (
        Column("Figure"), Column("Variant"), Column("Value", number=True), Column("At least", number=True),
        Column("At most", number=True),
    )  # fmt: skip
    lead = "Judged through the device's own runtime. Bounds are one-sided; independent groups of frames were drawn."
    blocks = (
        Table(columns, whole, title="All classes together"),
        Folded("Class by class", (Table(columns, classes),)),
        resources(version),
    )
    return Section("figures", "How good, how costly", lead, blocks)


def digests(version: Version) -> Table:
    """Everything that names what this version is."""
    content = version.content
    rows = (
        ("Manifest of the bundle", content.digest),
        ("Verdict", content.verdict_digest),
        ("Parity certificate", content.parity_digest),
        ("Specification", content.spec_digest),
        ("Parameters", content.params_digest),
        ("Environment", content.environment_digest),
        ("Compared with, or retrained from", content.parent),
    )
    return Table((Column("What"), Column("SHA-256")), tuple((text(name), digest_cell(value)) for name, value in rows))


def _remarks(version: Version) -> tuple[Note, ...]:
    if version.retired:
        return (Note("It may never be promoted again.", title="Retired", tone=Tone.BAD),)
    if version.deprecated:
        end = f"; not to be promoted from {version.end_of_life}" if version.end_of_life else ""
        return (Note(f"{version.deprecated}{end}", title="Deprecated", tone=Tone.UNSURE),)
    return ()


def _is_practice(spec: Spec) -> bool:
    """All frames were drawn by a program."""
    return all(source.id == "scenes" for source in spec.sources)


def _weight(metric: Metric) -> tuple[int, str, str, str]:
    known = FIRST.index(metric.set) if metric.set in FIRST else len(FIRST)
    return known, metric.variant, metric.label, metric.name


def _row(metric: Metric) -> tuple[Cell, ...]:
    of = "" if metric.label == "every" else f" of {metric.label}"
    return (
        text(f"{NAMES.get(metric.name, metric.name)}{of}, {metric.set}"),
        text(metric.variant),
        text(digits(metric.value)),
        text(cut(metric.lower)),
        text(digits(metric.upper)),
    )
