"""Runs of the pipeline in MLflow: one run a record, told once, whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from mlflow.entities import Metric, Param, Run, RunTag

from detection.outside.mlflow.client import MlflowClient, artifacts_of, translated
from detection.rules.tracking.runs import RunRecord

RECORD = "detection.record"
"""Tag with a record's digest: by it a run is found again."""
_BATCH = 100
_FINISHED = "FINISHED"

Told = TypeVar("Told", Param, Metric, RunTag)


class MlflowRuns:
    """Runs in one MLflow store."""

    def __init__(self, client: MlflowClient, address: str) -> None:
        """Work through a client of this address."""
        self._client, self._address = client, address

    def find(self, record: RunRecord) -> str:
        """Id of the finished run that tells this record; ``""`` if there is none.

        Raises:
            TrackerError: the store cannot be asked.
        """
        with translated(self._address):
            found = [run for run in self._runs(record) if run.info.status == _FINISHED]
        return str(found[0].info.run_id) if found else ""

    def send(self, record: RunRecord, folder: Path) -> str:
        """Tell a record with its files, unless it was told; what an interrupted sending left is removed first.

        Args:
            record: of the run.
            folder: where its files lie, under their names.

        Returns:
            The run's id.

        Raises:
            TrackerError: the store cannot be reached or refuses; no finished run was left.
        """
        known = self.find(record)
        if known:
            return known
        with translated(self._address):
            for half in self._runs(record):
                self._client.delete_run(half.info.run_id)
            tags = {RECORD: record.digest} | {f"detection.{one.name}": one.value for one in record.facts}
            name = f"{_fact(record, 'commit')[:8]} {_fact(record, 'verdict')}"
            run = self._client.create_run(self._experiment(record.experiment), tags=tags, run_name=name).info.run_id
            self._values(run, record)
            for one in record.files:
                self._client.log_artifact(run, str(folder / one.name), str(Path(one.name).parent))
            self._client.set_terminated(run, _FINISHED)
        return str(run)

    def _values(self, run: str, record: RunRecord) -> None:
        params = [Param(one.name, one.value[:6000]) for one in record.settings]
        points = [Metric(one.name, one.value, 0, one.step) for one in record.points]
        for settings in _parts(params):
            self._client.log_batch(run, params=settings)
        for figures in _parts(points):
            self._client.log_batch(run, metrics=figures)
        files = [RunTag(f"detection.file.{one.name}", one.sha256) for one in record.files]
        for digests in _parts(files):
            self._client.log_batch(run, tags=digests)

    def _experiment(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        return str(self._client.create_experiment(name, artifact_location=artifacts_of(self._address)))

    def _runs(self, record: RunRecord) -> Sequence[Run]:
        found = self._client.get_experiment_by_name(record.experiment)
        if found is None:
            return ()
        return list(self._client.search_runs([found.experiment_id], f"tags.`{RECORD}` = '{record.digest}'"))


def _parts(values: Sequence[Told]) -> list[list[Told]]:
    return [list(values[at : at + _BATCH]) for at in range(0, len(values), _BATCH)]


def _fact(record: RunRecord, name: str) -> str:
    return next((one.value for one in record.facts if one.name == name), "none")
