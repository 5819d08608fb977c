"""The split's certificate, for people: who judges, that nothing stands on two sides, and what copying achieves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Block, DataUri, Fact, Facts, Note, Page, Picture, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Span, Table, code, count, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.labels.splits.attack import Attack
from detection.rules.labels.splits.certificate import Balance, Certificate, NearPair
from detection.rules.labels.splits.placement import SIDES

EXAMPLES = 5
FAR = 0.1
"""Difference from the target, as a part of all there is, beyond which a share is marked."""


def page(certificate: Certificate, name: str, names: Mapping[str, str], pairs: Sequence[tuple[Picture, ...]]) -> Page:
    """The certificate as a page of its own.

    Args:
        certificate: to be shown.
        name: of the data or the spec.
        names: class ids to the names people read.
        pairs: for each of the certificate's nearest pairs its two pictures, or none.
    """
    sections = [split_section(certificate), _balance_section(certificate, names), _near_section(certificate, pairs)]
    if certificate.attack is not None:
        sections.append(_attack_section(certificate.attack))
    lead = f"{certificate.statement[:1].upper()}{certificate.statement[1:]}."
    return Page(name, lead, None, tuple(sections), "Counted from the frames themselves.", "Split certificate")


def split_section(certificate: Certificate) -> Section:
    """The proof that nothing stands on two sides."""
    tone = Tone.BAD if certificate.crossings else Tone.GOOD
    groups = certificate.groups_of_side
    facts = Facts(
        (
            Fact("Crossings", thousands(certificate.crossings), tone=tone),
            Fact("Groups", thousands(certificate.groups), f"largest {thousands(certificate.largest_group)} frames"),
            *(Fact(f"Groups, {side}", thousands(groups[side])) for side in SIDES if side in groups),
            *_attack_facts(certificate),
        )
    )
    columns = (
        Column("Set"),
        Column("Frames", number=True),
        Column("Groups", number=True),
        Column("Checked by an expert", number=True),
        Column("SHA-256 of its frame ids"),
    )
    rows = tuple(
        (text(s.set), count(s.frames), count(s.groups), count(s.verified), code(s.digest))
        for s in certificate.sets
        if s.frames or not certificate.official
    )
    blocks: list[Block] = [
        facts,
        Table(columns, rows, title="Sets", note=_how_placed(certificate)),
        _found(certificate),
    ]
    if certificate.crossings:
        blocks.append(_examples(certificate))
    if certificate.set_aside:
        blocks.append(_aside(certificate))
    lead = f"{certificate.statement[:1].upper()}{certificate.statement[1:]}."
    return Section("split", "Split certificate", lead, tuple(blocks))


def side_by_side(pair: NearPair, shown: Sequence[DataUri]) -> tuple[Picture, ...]:
    """The two pictures of a pair, with their sides and how many bits lie between them."""
    ends = ((pair.name, pair.side), (pair.other_name, pair.other_side))
    return tuple(
        Picture(uri, f"Frame {name} of {side}", f"{side}: {name} ({pair.bits} bits apart)")
        for uri, (name, side) in zip(shown, ends, strict=True)
    )


def _attack_facts(certificate: Certificate) -> tuple[Fact, ...]:
    if certificate.attack is None:
        return ()
    made = certificate.attack
    return (Fact("Copied labels, F1", digits(made.nearest.boxes), f"chance {digits(made.chance.boxes)}"),)


def _found(certificate: Certificate) -> Table:
    """Each kind of tie: what it joined, and what of it stands on two sides."""
    merges = {tie.kind: tie.merges for tie in certificate.ties}
    columns = (
        Column("Tie"),
        Column("Joined groups", number=True),
        Column("On two sides", number=True),
        Column("Frames of val and judging concerned", number=True),
    )
    rows = tuple(
        (
            text(c.kind),
            count(merges.get(c.kind, 0)),
            Cell(thousands(c.found) + c.or_more, Tone.BAD if c.found else Tone.GOOD),
            text(thousands(c.frames) + c.or_more),
        )
        for c in certificate.found
    )
    note = "Joined groups: by how many this kind of tie lowered the number of groups, after those above it."
    return Table(columns, rows, title="What ties frames together", note=note)


def _examples(certificate: Certificate) -> Table:
    rows = tuple((text(c.kind), text(line, Tone.BAD)) for c in certificate.found for line in c.examples[:EXAMPLES])
    note = f"The first {EXAMPLES} of each kind."
    return Table((Column("Tie"), Column("What stands on two sides")), rows, title="Crossings found", note=note)


def _aside(certificate: Certificate) -> Note:
    more = certificate.set_aside - len(certificate.set_aside_examples)
    names = ", ".join(certificate.set_aside_examples) + (f" and {thousands(more)} more" if more else "")
    said = "New frames that would tie two sides together; they are in no set"
    return Note(f"{said}: {names}.", title=f"Set aside: {thousands(certificate.set_aside)}", tone=Tone.UNSURE)


def _how_placed(certificate: Certificate) -> str:
    window, bits = certificate.time_window_s, certificate.near_duplicate_bits
    ties = [*certificate.keys, *([] if window is None else [f"time within {window:g} s of one camera"])]
    ties += [] if bits is None else [f"a picture within {bits} of 64 bits"]
    if certificate.official:
        return f"A split that was brought with the data, audited here for {' or '.join(ties)}."
    return (
        f"Frames that share {' or '.join(ties)} stay together; groups are placed by class and condition in the order "
        f"of a hash salted with {certificate.salt!r}. {certificate.judging[:1].upper()}{certificate.judging[1:]}."
    )


def _balance_section(certificate: Certificate, names: Mapping[str, str]) -> Section:
    by_value: dict[tuple[str, str], list[Balance]] = {}
    for one in certificate.balance:
        by_value.setdefault((one.dimension, one.value), []).append(one)
    sides = tuple(side for side in SIDES if certificate.groups_of_side.get(side))
    columns = (Column("What"), *(Column(side) for side in sides), Column("Difference", number=True))
    rows = tuple(
        (text(_what(*key, names)), *(_bar(one) for one in row if one.side in sides), _worst(row))
        for key, row in by_value.items()
    )
    lead = "Which part of all frames, of each class's boxes and of each condition's frames stands on a side."
    note = "The line in a bar is the target. Groups stay whole, so what few groups hold cannot be shared out finely."
    return Section("balance", "Balance", lead, (Table(columns, rows, title="Share of each side", note=note),))


def _what(dimension: str, value: str, names: Mapping[str, str]) -> str:
    if dimension == "frames":
        return "all frames"
    return f"{dimension} {names.get(value, value) or 'unknown'}"


def _bar(one: Balance) -> Cell:
    tone = Tone.UNSURE if abs(one.difference) > FAR else Tone.GOOD
    ends = sorted((one.share, one.target))
    return Cell(
        f"{digits(one.share)} ({thousands(one.count)})", span=Span(one.share, ends[0], ends[1], one.target, tone=tone)
    )


def _worst(row: Sequence[Balance]) -> Cell:
    far = max((one.difference for one in row), key=abs)
    return Cell(f"{far:+.3f}", Tone.UNSURE if abs(far) > FAR else Tone.PLAIN)


def _near_section(certificate: Certificate, pairs: Sequence[tuple[Picture, ...]]) -> Section:
    if not certificate.nearest:
        return Section("nearest", "Nearest pictures across sides", "No pixels are known on two sides.", ())
    columns = (Column("Bits", number=True), Column("One frame"), Column("The other"))
    rows = tuple(
        (count(p.bits), text(f"{p.side}: {p.name}"), text(f"{p.other_side}: {p.other_name}"))
        for p in certificate.nearest
    )
    first = certificate.nearest[0]
    lead = f"The smallest distance across sides is {first.bits} of 64 bits: {first.name} and {first.other_name}."
    shown = tuple(picture for pair in pairs for picture in pair)
    blocks: list[Block] = (
        [Pictures(shown, title="Side by side", note="Two and two, the nearest first.")] if shown else []
    )
    return Section("nearest", "Nearest pictures across sides", lead, (*blocks, Table(columns, rows, title="Pairs")))


def _attack_section(made: Attack) -> Section:
    columns = (
        Column("Labels copied from"),
        Column("F1 of boxes"),
        Column("F1 of classes present"),
    )
    lower, upper = made.chance_lower, made.chance_upper
    rows = (
        (text("the nearest train frame"), share(made.nearest.boxes), share(made.nearest.classes)),
        (
            text("random train frames (chance)"),
            text(f"{digits(made.chance.boxes)} ({digits(lower.boxes)} to {digits(upper.boxes)})"),
            text(f"{digits(made.chance.classes)} ({digits(lower.classes)} to {digits(upper.classes)})"),
        ),
        (
            text("the nearest frame, were the same frames split at random"),
            share(made.random_split.boxes),
            share(made.random_split.classes),
        ),
    )
    lead = (
        f"If a split leaks, labels can be copied across it. {thousands(made.frames)} held-out frames were given the "
        f"labels of the nearest of {thousands(made.train_frames)} train frames; "
        f"that is {made.advantage:+.3f} against chance."
    )
    return Section("attack", "The attack", lead, (Table(columns, rows, title="How well copied labels fit"),))
