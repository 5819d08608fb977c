"""``detection verdict``: what the gate said, and where the report and the bundle are.

Reads data/gate/verdict.json
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.errors import DetectionError, GateRefusalError
from detection.outside.documents import read_value
from detection.rules.judging.gates.lines import Line, Verdict
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
    for name, place in _places().items():
        console.print(f"{name:<8} {place}", highlight=False, soft_wrap=True)
    if said.verdict != "PASS":
        raise GateRefusalError(f"{_counted(said.lines)}; the report shows each one; nothing may ship on this verdict")


def table_of(said: Verdict) -> Table:
    """The verdict line by line: what was observed, what is proven of it, what was asked."""
    table = Table(title=f"verdict: {said.verdict}", title_justify="left", title_style=STYLES[said.verdict])
    for heading in ("criterion", "variant"):
        table.add_column(heading, overflow="fold")
    for heading in ("observed", "proven", "needs", "n", "worth"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict")
    for line in said.lines:
        table.add_row(escape(_criterion(line)), line.variant or "every", *_numbers(line), _outcome(line))
    table.caption, table.caption_justify = said.family.sentence, "left"
    return table


def _numbers(line: Line) -> tuple[str, ...]:
    """Observed, proven, needed, counted, and how many independent ones that is worth."""
    low = line.at_least is None
    proven = line.upper if low else line.lower
    return (
        "-" if line.observed is None else f"{line.observed:.3f}",
        "-" if proven is None else (raised if low else cut_off)(proven, 3),
        f"<= {line.at_most:g}" if low else f"{line.at_least:g}",
        str(line.n),
        "-" if line.effective_n is None else str(int(line.effective_n)),
    )


def _criterion(line: Line) -> str:
    """The demand in few words: ``golden recall, tube, lighting dusk``."""
    if line.kind == "case":
        return line.sentence.partition(f" · {line.variant} · ")[0] + " " + line.metric.replace("_", " ")
    metric = WORDS.get(line.metric, line.metric)
    if line.kind == "subgroup":
        return f"{line.set} {metric}, worst {next(iter(line.where), 'value')} below the mean"
    narrowed = [line.label] if line.label != "every" else []
    return ", ".join([f"{line.set} {metric}".strip(), *narrowed, *filter(None, [_slice(line.where)])])


def _outcome(line: Line) -> str:
    more = f", {line.needs_images} more images" if line.needs_images else ""
    if not more and line.needs_more:
        more = f", {line.needs_more} more"
    return f"[{STYLES[line.verdict]}]{line.verdict}[/]{more}"


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
