"""``detection review queue`` as people type it; and that the overview tells every verb without importing it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detection import cli
from detection.commands.review import verb, verbs
from detection.edge.trust.bundle import Bundle
from detection.errors import DetectionError
from detection.outside.decisions import Ledger
from detection.outside.queues.folder import read_queue
from tests.examples_decisions import POLICY, QUIET, drift
from tests.examples_samples import START, write_bundle, write_samples

SPEC = Path(__file__).resolve().parents[3] / "specs" / "spec.yaml"
HEAVY = ("numpy", "cv2", "pyarrow", "pydantic")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_bundle(tmp_path_factory.mktemp("made") / "bundle")


@pytest.fixture
def words(bundle: Bundle, tmp_path: Path) -> list[str]:
    samples = write_samples(tmp_path / "samples", bundle.digest, range(6))
    paths = {"--from": samples, "--bundle": bundle.folder, "--spec": SPEC, "--known": tmp_path / "none"}
    return ["review", "queue", *(str(word) for pair in paths.items() for word in pair), "--at", "2026-09-01T12:00"]


def test_a_decision_that_asked_is_named_in_the_queue_with_its_incidents(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lineage in one hop: incident, decision, queue."""
    evidence = replace(QUIET, as_of=START, drifts=(replace(drift("cam-01"), opened_at=START),))
    record = Ledger(tmp_path / "decisions").decide(evidence, POLICY, START)
    asked = ["--decision", record.id[9:17], "--decisions", str(tmp_path / "decisions")]
    cli.call([*words, *asked, "--out", str(tmp_path / "queue")])
    queue = read_queue(tmp_path / "queue")
    assert (queue.decision, queue.incidents) == (record.id, ("incident-cam-01",))
    assert f"{queue.id}, {len(queue.items)} frames" in capsys.readouterr().out


def test_incidents_of_the_monitors_file_ask_too(words: list[str], tmp_path: Path) -> None:
    text = '[{"id": "i-1", "camera": "cam-01", "severity": "alarm", "opened_s": 0, "more": 1, "parts": []}]'
    (tmp_path / "incidents.json").write_text(text)
    cli.call([*words, "--incidents", str(tmp_path / "incidents.json"), "--out", str(tmp_path / "queue")])
    assert read_queue(tmp_path / "queue").incidents == ("i-1",)


@pytest.mark.parametrize("text", ["{}", '[{"id": 1}]', "nothing", '[{"id": "i", "camera": "c", "severity": "x"}]'])
def test_what_is_no_list_of_incidents_is_one_line(text: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "incidents.json").write_text(text)
    with pytest.raises(DetectionError, match="holds no incidents") as caught:
        cli.call([*words, "--incidents", str(tmp_path / "incidents.json"), "--out", str(tmp_path / "queue")])
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "queue").exists()


@pytest.mark.parametrize("name", sorted(verbs()))
def test_every_verb_of_the_overview_explains_itself(name: str) -> None:
    assert " ".join(verb(name).help.split("\n\n")[0].split()).startswith(verbs()[name].rstrip("."))


def test_the_overview_needs_no_arrays() -> None:
    asked = f"import sys; from detection.cli import call; call(['review', '--help']); \
        print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
