"""``detection verdict``: what the gate said, and where the report and the bundle are.

Reads data/gate/verdict.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.errors import DetectionError, GateRefusalError
from detection.outside.documents import read_value
from detection.rules.evidence.judging.cases import cases
from detection.rules.judging.gates.lines import Line, Outcome, Verdict, overall
from detection.rules.judging.gates.sentences import WORDS, cut_off, raised

app = typer.Typer(help="What the gate said, and where the report and the bundle are.", add_completion=False)

VERDICT = Path("data/gate/verdict.json")
REPORT = Path("data/report/report.html")
BUNDLE = Path("export/bundle")
STYLES = {"PASS": "green", "FAIL": "red", "NOT PROVEN": "yellow"}


@app.command(epilog="Example: detection verdict && echo ready to ship")
def verdict() -> None:
    """What the gate said, and where the report and the bundle are; exit status 2 if it is not green."""
    if not VERDICT.is_file():
        raise DetectionError(f"{VERDICT}: no verdict yet; run `dvc repro`")
    said = read_value(Verdict, VERDICT)
    console = Console()
    console.print(table_of(said))
    for sentence in _open(said.lines):
        console.print(sentence, highlight=False, markup=False)
    for sentence in said.unmeasured:
        console.print(sentence, highlight=False, markup=False)
    for name, place in _places().items():
        console.print(f"{name:<8} {place}", highlight=False, soft_wrap=True)
    if said.verdict != "PASS":
        raise GateRefusalError(f"{_counted(said.lines)}; the report shows each one; nothing may ship on this verdict")


def table_of(said: Verdict) -> Table:
    """The verdict demand by demand, a line a variant: what was observed, what is proven of it, what was asked."""
    table = Table(title=f"verdict: {said.verdict}", title_justify="left", title_style=STYLES[said.verdict],
                  box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)  # fmt: skip
    table.add_column("criterion", overflow="fold")
    table.add_column("variant", no_wrap=True)
    for heading in ("observed", "proven", "needs", "n", "worth"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    lines = [line for line in said.lines if line.kind != "case"]
    for subject, own in groupby(lines, key=_criterion):
        rows = [(line.variant or "all", *_numbers(line), _styled(line.verdict)) for line in own]
        table.add_row(escape(subject), *("\n".join(column) for column in zip(*rows, strict=True)))
    if found := cases(said.lines):
        kept, n = sum(case.verdict == "PASS" for case in found), str(len(found))
        worst = overall(case.verdict for case in found)
        table.add_row("cases kept", "all", str(kept), "-", n, n, "-", _styled(worst))
    table.caption, table.caption_justify = said.family.sentence, "left"
    return table


def _open(lines: Sequence[Line]) -> Iterator[str]:
    """What the table leaves unsaid: which case is violated, why a target is missed, how much more proves a line."""
    for line in lines:
        if (line.kind == "case" and line.verdict == "FAIL") or (line.kind == "target" and line.verdict != "PASS"):
            yield line.sentence
        elif line.needs_images or line.needs_more:
            more = f"{line.needs_images} more images" if line.needs_images else f"{line.needs_more} more"
            yield f"{_criterion(line)}, {line.variant}: needs about {more}"


def _styled(outcome: Outcome) -> str:
    return f"[{STYLES[outcome]}]{outcome}[/]"


def _numbers(line: Line) -> tuple[str, ...]:
    """Observed, proven, needed, counted, and how many independent ones that is worth."""
    low = line.at_least is None
    proven = line.upper if low else line.lower
    decimals = 1 if line.kind == "target" else 3
    return (
        "-" if line.observed is None else f"{line.observed:.{decimals}f}",
        "-" if proven is None else (raised if low else cut_off)(proven, decimals),
        f"<= {line.at_most:g}" if low else f"{line.at_least:g}",
        str(line.n),
        "-" if line.effective_n is None else str(int(line.effective_n)),
    )


def _criterion(line: Line) -> str:
    """The demand in few words: ``golden recall, tube, lighting dusk``."""
    metric = WORDS.get(line.metric, line.metric)
    if line.kind == "subgroup":
        return f"{line.set} {metric}, worst {next(iter(line.where), 'value')} below the mean"
    narrowed = [line.label] if line.label != "every" else []
    return ", ".join([f"{line.set} {metric}".strip(), *narrowed, *filter(None, [_slice(line.where)])])


def _slice(where: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} {' or '.join(values)}" for name, values in sorted(where.items()))


def _places() -> dict[str, str]:
    """Where the results are, for people to open or to copy."""
    missing = "not there: run `dvc repro`"
    places = {"report": str(REPORT) if REPORT.is_file() else missing}
    if not (BUNDLE / "manifest.json").is_file():
        return places | {"bundle": "none: stage `bundle` refuses a verdict that is not green"}
    run = f"python {BUNDLE / 'runtime.pyz'} run {BUNDLE} FOLDER_OF_IMAGES --draw drawn"
    return places | {"bundle": str(BUNDLE), "run it": run}


def _counted(lines: Sequence[Line]) -> str:
    failed = sum(line.verdict == "FAIL" for line in lines)
    unproven = sum(line.verdict == "NOT PROVEN" for line in lines)
    return f"{failed} of {len(lines)} lines failed, {unproven} not proven"
