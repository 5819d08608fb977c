"""Champion and challenger for people: the recommendation first, then what decided it, then where they differ."""

from __future__ import annotations

from detection.rules.evidence.judging.guardrails import STANDINGS, bounds, decided, gap_span, reach_of, signed
from detection.rules.evidence.numerals import digits, size
from detection.rules.evidence.page import Banner, Block, Fact, Folded, Note, Page, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.comparison import words
from detection.rules.judging.comparison.sheet import ComparisonSheet, DifferenceRow, Side
from detection.rules.judging.scores.rows import ALL, EVERY

DIFFERENCES = (
    Column("Where"), Column("Champion", number=True), Column("Challenger", number=True), Column("Difference"),
)  # fmt: skip
SIDES = (Column("Role"), Column("Name"), Column("Ships", number=True), Column("Figures"), Column("Models"))


def page(sheet: ComparisonSheet) -> Page:
    """The whole page of a comparison."""
    sections = (_reasons(sheet), _differences(sheet), _contenders(sheet))
    colophon = (
        f"Both were judged on the same frozen sets. {sheet.resamples:,} draws of groups, seed {sheet.seed}. The "
        "recommendation can be made again from comparison.json alone."
    )
    heading = f"{sheet.champion.name} → {sheet.challenger.name}"
    return Page(heading, headline(sheet), banner(sheet), sections, colophon, "Comparison")


def headline(sheet: ComparisonSheet) -> str:
    """The decision in one sentence."""
    if sheet.recommendation.advice == "PROMOTE":
        return "The challenger is proven better beyond the margin, and nothing that is guarded got worse."
    doubts = [one.verdict for one in sheet.guardrails if one.verdict != "PASS"]
    parts = {"BETTER": "The challenger leads by more than the margin", "WORSE": "The challenger is proven worse",
             "TIE": "The challenger's lead beyond the margin is not proven"}  # fmt: skip
    failed = doubts.count("FAIL")
    told = [f"{failed} of {len(sheet.guardrails)} guardrails fail{'s' * (failed == 1)}"] if failed else []
    unproven = len(doubts) - failed
    noun = "" if failed else " guardrails" if unproven > 1 else " guardrail"
    told += [f"{unproven}{noun} {'are' if unproven > 1 else 'is'} not proven"] if unproven else []
    joint = " but " if sheet.benefit.standing == "BETTER" else "; "
    return parts[sheet.benefit.standing] + (joint + " and ".join(told) if told else "") + "."


def banner(sheet: ComparisonSheet) -> Banner:
    """The recommendation, the figures behind it, and every line that decided."""
    benefit, gap = sheet.benefit, sheet.benefit.gap
    passed = sum(one.verdict == "PASS" for one in sheet.guardrails)
    promoted = sheet.recommendation.advice == "PROMOTE"
    failed = benefit.standing == "WORSE" or any(one.verdict == "FAIL" for one in sheet.guardrails)
    tone = Tone.GOOD if promoted else Tone.BAD if failed else Tone.UNSURE
    figure = f"{words.figure_name(benefit.metric)} of {benefit.variant} on {benefit.set}"
    facts = (
        Fact("Champion", digits(gap.champion), figure),
        Fact("Challenger", digits(gap.challenger), figure),
        Fact("Lead", signed(gap.difference), bounds(gap.lower, gap.upper), STANDINGS[benefit.standing]),
        Fact("Guardrails", f"{passed} of {len(sheet.guardrails)}", "pass"),
    )
    return Banner(sheet.recommendation.advice, tone, headline(sheet), _next_step(sheet), facts, decided(sheet))


def _next_step(sheet: ComparisonSheet) -> str:
    if sheet.recommendation.advice == "PROMOTE":
        return (
            "Nothing is replaced by this page. Let the gate judge the challenger by the specification, then have the "
            "promotion approved by somebody who did not train it."
        )
    if any(one.verdict == "FAIL" for one in sheet.guardrails) or sheet.benefit.standing == "WORSE":
        return "Keep the champion. Mend what fails below before this challenger is compared again."
    doubted = {one.watch for one in sheet.guardrails if one.verdict != "PASS"}
    if sheet.benefit.standing == "BETTER" and doubted == {"latency"}:
        return "Keep the champion for now, and compare again on an idle machine, with more frames timed (--timed)."
    return (
        "Keep the champion. Nothing is refuted: frames of further groups (cameras, scenes) in the frozen sets narrow "
        "the bounds; a larger lead needs fewer."
    )


def _reasons(sheet: ComparisonSheet) -> Section:
    said = sheet.recommendation
    blocks: list[Block] = [Note(reason) for reason in said.reasons]
    blocks += [Note(sentence[:1].upper() + sentence[1:] + ".", "Counterfactual") for sentence in said.counterfactuals]
    lead = "What was found, in the order in which it decides. A tie keeps the champion, and so does a doubt."
    margin = sheet.benefit.sampling_margin
    if margin is not None:
        blocks.append(
            Note(
                f"A share as high as the champion's figure, of {sheet.benefit.objects:,} independent objects, is off "
                f"by {margin:.3f} by chance (z·√(p(1−p)/m), 95 %). Both models saw the same frames, so that their "
                "difference is known better; frames of one group are not independent, so that it is known less well. "
                "The bounds above count both.",
                "Yardstick",
            )
        )
    return Section("reasons", "Reasons", lead, tuple(blocks))


def _differences(sheet: ComparisonSheet) -> Section:
    """The figure that decides is shown, every other one on demand; all bars on one scale."""
    reach = reach_of([row.gap for row in sheet.rows], 0.0)
    names = dict.fromkeys((row.variant, row.metric) for row in sheet.rows)
    tables = [
        Table(
            DIFFERENCES,
            tuple(_difference_row(row, reach) for row in sheet.rows if (row.variant, row.metric) == name),
            title=f"{words.figure_name(name[1])} of {name[0]}",
        )
        for name in names
    ]
    confidence = f"{100 * sheet.benefit.gap.confidence:g} %"
    lead = (
        f"By class and condition, on {sheet.benefit.set}. Green is where the challenger is surely better, red where it "
        f"is surely worse: one-sided bounds at {confidence} each, not corrected for their number, so that of many rows "
        "some stand apart by chance. The thin line is no difference. These rows inform; they decide nothing."
    )
    folded = Folded("Other figures and variants", tuple(tables[1:]))
    return Section("differences", "Where they differ", lead, (*tables[:1], *([folded] if tables[1:] else [])))


def _difference_row(row: DifferenceRow, reach: float) -> tuple[Cell, ...]:
    gap = row.gap
    better = gap.lower is not None and gap.lower > 0
    worse = gap.upper is not None and gap.upper < 0
    tone = Tone.GOOD if better else Tone.BAD if worse else Tone.PLAIN
    where = " ".join(
        [*([row.label] if row.label != EVERY else []), *([row.slice] if row.slice != ALL else [])]
    )  # fmt: skip
    return (
        text(where or "everything"),
        text(digits(gap.champion)),
        text(digits(gap.challenger)),
        Cell(signed(gap.difference), tone, gap_span(gap, reach, 0.0, tone), note=bounds(gap.lower, gap.upper)),
    )


def _contenders(sheet: ComparisonSheet) -> Section:
    rows = (_side_row("Champion", sheet.champion), _side_row("Challenger", sheet.challenger))
    sets = tuple((text(name), code(digest)) for name, digest in sorted(sheet.set_digests.items()))
    lead = "Who was compared, and on what. Models run again were run as they ship, with their own maps and thresholds."
    frozen = Table((Column("Set"), Column("SHA-256 of its frames and labels")), sets, title="Frozen sets")
    return Section("contenders", "Contenders", lead, (Table(SIDES, rows), frozen))


def _side_row(role: str, side: Side) -> tuple[Cell, ...]:
    models = ", ".join(f"{name} {digest[:12]}" for name, digest in side.model_digests.items())
    origin = f"run again: {side.rescored}" if side.rescored else "as its stages left them"
    return (text(role), text(side.name), text(size(side.bytes)), text(origin), code(models))
