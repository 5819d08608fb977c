"""Stage ``gate``: pass, fail or not proven, line by line.

Reads  data/evaluate/scores.json, observations.parquet, frames.parquet; data/parity/parity.json;
       data/profile/costs.json; data/convert/variants.json; specs/targets; the labels of the judging sets, to see that
       they are those that were scored
Writes data/gate/verdict.json, whatever the verdict is: a red gate is a result; stage bundle refuses it
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detection.errors import LabelsError
from detection.outside import documents, exits, files, tables
from detection.outside.dataset import Dataset
from detection.outside.targets import read_targets
from detection.rules.document import Document
from detection.rules.judging import sets
from detection.rules.judging.costs import CostSheet
from detection.rules.judging.gates.counting import Evidence
from detection.rules.judging.gates.criteria import Effort
from detection.rules.judging.gates.judgement import Shipping, Trial, judge
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.known import expect_known
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.spec.judging import Acceptance
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

OUT = Path("data/gate")
COLOURS = {"PASS": "green", "FAIL": "bold red", "NOT PROVEN": "yellow"}


class Params(Document):
    """Section ``gate`` of params.yaml: how long is simulated; every number that decides is in the spec."""

    draws: Annotated[int, Field(ge=100)]
    """Worlds simulated for each line's error rate."""
    resamples: Annotated[int, Field(ge=100)]
    """Draws of groups, for figures that are no shares."""
    seed: Annotated[int, Field(ge=0)]
    """Of both."""


def run(params: Params, acceptance: Acceptance, trial: Trial) -> Verdict:
    """Judge every demand for every variant, what variants lose and cost, and the parity certificate."""
    return judge(acceptance, trial, Effort(Dice(params.draws, params.seed), params.resamples))


def main() -> None:
    """Read, judge, write, show."""
    params = documents.read_document(Params, Path("params.yaml"), section="gate")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    scores = documents.read_value(ScoreSheet, Path("data/evaluate/scores.json"))
    check_sets(scores.set_digests, Dataset.open())
    evidence = read_evidence(Path("data/evaluate"))
    parity = documents.read_value(ParityReport, Path("data/parity/parity.json"))
    values = {condition.id: condition.values for condition in spec.conditions}
    variants = documents.read_value(Variants, Path("data/convert/variants.json"))
    costs = documents.read_value(CostSheet, Path("data/profile/costs.json"))
    names = tuple(variant.name for variant in variants.variants)
    shipping = Shipping(names, spec.variants, read_targets(), costs)
    verdict = run(params, spec.acceptance, Trial(evidence, parity, scores.model_digests, values, shipping))
    files.empty_folder(OUT)
    documents.write_value(OUT / "verdict.json", verdict)
    console = Console()
    console.print(table(verdict))
    for said in verdict.unmeasured:
        console.print(said, highlight=False, markup=False)


def read_evidence(folder: Path) -> Evidence:
    """What ``evaluate`` left to be counted.

    Raises:
        LabelsError: an observation is of a frame that was not judged.
    """
    seen = Observations.from_columns(tables.read_columns(folder / "observations.parquet"))
    frames = FrameFacts.from_columns(tables.read_columns(folder / "frames.parquet"))
    expect_known(seen, frames, str(folder / "observations.parquet"))
    return Evidence(seen, frames)


def check_sets(scored: Mapping[str, str], dataset: Dataset) -> None:
    """The sets that were scored are those of today.

    Raises:
        LabelsError: frames or labels of a judging set changed after it was scored.
    """
    names = sets.changed(scored, sets.digests(dataset.frames, dataset.labels, dataset.split_of))
    if names:
        raise LabelsError(
            "data/evaluate: judging sets changed after they were scored, so its scores say nothing of them; "
            "run `dvc repro evaluate`, then the gate",
            [f"{name}: other frames or labels than those that were scored" for name in names],
        )


def table(verdict: Verdict) -> Table:
    """The verdict as people read it."""
    shown = Table(title=Text(f"verdict: {verdict.verdict}", COLOURS[verdict.verdict]), title_justify="left")
    shown.add_column("verdict", no_wrap=True)
    shown.add_column("line")
    for line in verdict.lines:
        shown.add_row(Text(line.verdict, COLOURS[line.verdict]), Text(line.sentence))
    shown.caption, shown.caption_justify = Text(verdict.family.sentence), "left"
    return shown


if __name__ == "__main__":
    exits.run(main)
