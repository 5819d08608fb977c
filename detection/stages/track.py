"""Stage ``track``: what this run of the pipeline was and what came of it, told to the experiment tracker.

Reads  params.yaml; data/report, data/gate/verdict.json, data/evaluate, data/train, data/convert, data/calibrate,
       data/parity/parity.json
Writes data/track/record.json

A tracker that is down stops nothing: the run waits in tracking/ and is told later. Red runs are told too.
"""

from __future__ import annotations

from pathlib import Path

from detection.errors import DetectionError
from detection.outside import documents, exits
from detection.outside.tracking import runs
from detection.rules.spec.spec import Spec
from detection.rules.tracking.runs import RunRecord

OUT = Path("data/track/record.json")


class Params(runs.Section):
    """Section ``track`` of params.yaml."""


def run(experiment: str, root: Path = Path()) -> RunRecord:
    """Everything that is told of what lies in the workspace."""
    return runs.record_of(experiment, root)


def main() -> None:
    """Read, write, put, tell."""
    params = documents.read_document(Params, Path("params.yaml"), section="track")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    record = run(spec.name)
    documents.write_value(OUT, record)
    if params.tracker is None:
        print("not tracked: track.tracker in params.yaml is null")
        return
    runs.put(record)
    from detection.outside.mlflow.client import connect
    from detection.outside.mlflow.runs import MlflowRuns

    try:
        for told in runs.tell(MlflowRuns(connect(params.tracker), params.tracker)):
            print(f"tracked in {params.tracker}: run {told.run} of {told.record.experiment}")
    except DetectionError as error:
        print(f"not tracked yet, it waits in {runs.WAITING}/: {error}")


if __name__ == "__main__":
    exits.run(main)
