"""``detection rehearse``: what is printed, and where it will not begin. Faults are really planted in tests/pipeline."""

from __future__ import annotations

import signal
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console
from typer.testing import CliRunner

from detection.commands.rehearse import _stopped_in_order, app, table_of
from detection.errors import DetectionError
from detection.outside.faults.trials import PROGRAMME
from detection.rules.evidence.judging.rehearsal import NAMES
from detection.rules.judging.rehearsal import Fault
from tests.examples_rehearsal import rehearsal_sheet

ROOT = Path(__file__).resolve().parents[2]


def printed(width: int) -> str:
    stream = StringIO()
    Console(file=stream, width=width).print(table_of(rehearsal_sheet()))
    return stream.getvalue()


def test_the_table_says_fault_line_and_margin() -> None:
    rows = printed(240).splitlines()
    (channels,) = (row for row in rows if "swapped-channels" in row)
    assert "FAIL parity: detections fp32, and 1 more" in channels
    assert "80 times" in channels
    (missed,) = (row for row in rows if "noise-calibration" in row and "│" in row)
    assert "NOT CAUGHT: ranges of noise" in missed


def test_the_table_fits_a_narrow_terminal() -> None:
    assert max(map(len, printed(72).splitlines())) <= 72
    assert "…" not in printed(72)


def test_every_fault_has_a_plan_and_a_name() -> None:
    assert {plan.fault for plan in PROGRAMME} == set(get_args(Fault)) == set(NAMES)
    assert len(get_args(Fault)) == 9


def test_without_a_model_the_next_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_bytes((ROOT / "specs" / "spec.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DetectionError, match="run `dvc repro`"):
        CliRunner().invoke(app, [], catch_exceptions=False)


def test_a_fault_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--only", "gremlins"])
    assert done.exit_code == 2
    assert "swapped-channels" in done.output


def test_the_help_names_every_fault() -> None:
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["--help"]).output
    assert all(fault in shown for fault in get_args(Fault))
    assert "list[" not in shown


def test_being_ended_is_being_stopped_from_the_keyboard() -> None:
    """So that every workspace on the way is removed; afterwards signals mean what they meant."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), _stopped_in_order():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
