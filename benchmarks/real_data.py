"""The whole pipeline on a data set that was not made for it, by a preset of specs/examples alone.

    python -m benchmarks.real_data bccd FOLDER
    python -m benchmarks.real_data plates FOLDER

Runs in ``workspaces/<preset>``, a copy of this checkout; prints what validate found, the scores and the verdict. A
second run reuses what is still right.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from detection.outside import documents, tables
from detection.rules.judging.scores.rows import ALL, ScoreSheet
from tests import workspace
from tests.workspace import Workspace

DATA = "DATA/"
"""How a preset's params name the data set (``DATA/``) and a file of it (``DATA/ImageSets/Main/test.txt``)."""


def main() -> None:
    """Make the workspace, run the pipeline in it, print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", choices=presets())
    parser.add_argument("data", type=Path, help="folder of the data set")
    arguments = parser.parse_args()
    if not str(arguments.data).strip(".") or not arguments.data.is_dir():
        parser.error(f"{arguments.data}: is not a folder; say DATA=folder of the data set")
    made = prepare(workspace.ROOT / "workspaces" / arguments.preset, arguments.preset, arguments.data)
    begun = time.perf_counter()
    status = subprocess.run(["dvc", "repro"], cwd=made.folder, env=workspace.environment(), check=False).returncode
    print(f"\ndvc repro: {time.perf_counter() - begun:.0f} s, exit status {status}, in {made.folder}")
    if not (made.folder / "data/evaluate/scores.json").is_file():
        sys.exit(status)
    for table in (findings_of(made), scores_of(made)):
        Console().print(table)
    verdict = subprocess.run(["detection", "verdict"], cwd=made.folder, env=workspace.environment(), check=False)
    sys.exit(status or verdict.returncode)


def presets() -> list[str]:
    """Presets that wait for a folder of data."""
    return sorted(path.name for path in workspace.EXAMPLES.iterdir() if path.is_dir() and path.name != "tiny")


def prepare(folder: Path, preset: str, data: Path) -> Workspace:
    """A workspace with the preset's spec and params, pointed at the data set."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    (folder.parent / ".gitignore").write_text("*\n")
    made = workspace.make(folder, preset)
    params = folder / "params.yaml"
    params.write_text(params.read_text().replace(DATA, f"{data.resolve()}/"))
    return made


def findings_of(made: Workspace) -> Table:
    """What validate found, counted."""
    found = tables.read_columns(made.folder / "data/validate/findings.parquet")
    table = Table("finding", "severity", "count", title="what validate found", title_justify="left")
    for (finding, severity), count in sorted(Counter(zip(found["finding"], found["severity"], strict=True)).items()):
        table.add_row(str(finding), str(severity), str(count))
    return table


def scores_of(made: Workspace) -> Table:
    """What evaluate measured over whole sets, class by class."""
    sheet = documents.read_value(ScoreSheet, made.folder / "data/evaluate/scores.json")
    headings = ("variant", "set", "class", "frames", "objects", "AP50", "AP50-95", "precision", "recall")
    table = Table(*headings, title="what evaluate measured", title_justify="left")
    for row in sheet.rows:
        if row.slice == ALL:
            shares = (row.ap50, row.ap50_95, row.precision, row.recall)
            numbers = ("none" if share is None else f"{share:.3f}" for share in shares)
            table.add_row(row.variant, row.set, row.label, str(row.frames), str(row.truths), *numbers)
    return table


if __name__ == "__main__":
    main()
