"""Stage ``gate``: pass, fail or not proven, line by line.

Reads  data/evaluate/scores.json, observations.parquet; data/parity/parity.json
Writes data/gate/verdict.json, whatever the verdict is: a red gate is a result; stage bundle refuses it
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from detection.outside import documents, exits, files, tables
from detection.rules.document import Document
from detection.rules.judging.gates.lines import Verdict, judge
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.observations import Observations
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.spec.judging import Criterion
from detection.rules.spec.spec import Spec

OUT = Path("data/gate")
COLOURS = {"PASS": "green", "FAIL": "bold red", "NOT PROVEN": "yellow"}


class Params(Document):
    """Section ``gate`` of params.yaml: empty, because every number that decides is in the spec."""


def run(
    acceptance: Sequence[Criterion], observations: Observations, parity: ParityReport, digests: dict[str, str]
) -> Verdict:
    """Judge every criterion for every variant, and the parity certificate."""
    return judge(acceptance, observations, parity, digests)


def main() -> None:
    """Read, judge, write, show."""
    documents.read_document(Params, Path("params.yaml"), section="gate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    scores = documents.read_value(ScoreSheet, Path("data/evaluate/scores.json"))
    observations = Observations.from_columns(tables.read_columns(Path("data/evaluate/observations.parquet")))
    parity = documents.read_value(ParityReport, Path("data/parity/parity.json"))
    verdict = run(spec.acceptance.criteria, observations, parity, scores.model_digests)
    files.empty_folder(OUT)
    documents.write_value(OUT / "verdict.json", verdict)
    Console().print(table(verdict))


def table(verdict: Verdict) -> Table:
    """The verdict as people read it."""
    shown = Table(title=Text(f"verdict: {verdict.verdict}", COLOURS[verdict.verdict]), title_justify="left")
    shown.add_column("verdict", no_wrap=True)
    shown.add_column("line")
    for line in verdict.lines:
        shown.add_row(Text(line.verdict, COLOURS[line.verdict]), Text(line.sentence))
    return shown


if __name__ == "__main__":
    exits.run(main)
