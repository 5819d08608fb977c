"""Going back works at three at night, in a workspace where somebody is in the middle of something else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from detection.errors import DocumentError
from tests.examples_typed import DEV, ENGINEER, URL, Say, entries, is_whole, live

SPEC, SLOT, PEOPLE = Path("specs/spec.yaml"), Path("specs/slots/line-1.yaml"), Path("specs/people.yaml")
BACK = ("rollback", "line-1/dev", "--reason", "misses tubes", *ENGINEER)


@pytest.fixture
def place(replaced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """1.0.1 is live in line-1/dev, 1.0.0 was before it."""
    shutil.copytree(replaced, tmp_path / "place")
    monkeypatch.chdir(tmp_path / "place")
    return tmp_path / "place"


def broken(*paths: Path) -> Callable[[], None]:
    """An edit that was cut in the middle."""

    def act() -> None:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("governance: {risk_tier: [\n")

    return act


@pytest.mark.parametrize(
    ("mishap", "told"),
    [
        pytest.param(lambda: None, "", id="nothing"),
        pytest.param(broken(SPEC), "strictest rules", id="the specification is broken"),
        pytest.param(SPEC.unlink, "strictest rules", id="the specification is gone"),
        pytest.param(broken(SLOT), "pinned last", id="the slot's file is broken"),
        pytest.param(SLOT.unlink, "", id="the slot's file is gone"),
        pytest.param(broken(Path("data/compare/comparison.json")), "", id="a comparison is broken"),
        pytest.param(broken(SPEC, SLOT, Path("data/compare/comparison.json")), "strictest", id="all of it is broken"),
    ],
)
def test_a_rollback_needs_nothing_but_who_acts(say: Say, mishap: Callable[[], None], told: str) -> None:
    """What could not be read is told beside the answer; the log says who went back and why."""
    mishap()
    said = say.done(*BACK)
    assert "1.0.0 is live again, by engineer-1: misses tubes" in said
    assert told in said.aside
    assert (live(DEV), is_whole()) == ("1.0.0", True)


def test_all_that_ends_a_version_works_without_a_specification(say: Say) -> None:
    """Withdrawn, deprecated, retired."""
    broken(SPEC, SLOT)()
    assert "nothing is live any more" in say.done(*BACK, "--to", "nothing")
    say.done("deprecate", "1.0.1", "--reason", "labels", "--end-of-life", "2027-01-01", *ENGINEER)
    say.done("retire", "1.0.1", "--reason", "labels were wrong", *ENGINEER)
    assert live(DEV) == ""


def test_a_retired_version_is_not_gone_back_to_whatever_is_broken(say: Say) -> None:
    """What concerns safety is asked for at night too."""
    say.done("retire", "1.0.0", "--reason", "labels were wrong", *ENGINEER)
    broken(SPEC, SLOT)()
    said = say(*BACK)
    assert (said.status, live(DEV)) == (2, "1.0.1")
    assert "retired" in said


def test_going_forward_needs_all_of_it(say: Say) -> None:
    broken(SPEC)()
    with pytest.raises(DocumentError, match=r"spec\.yaml"):
        say("promote", "1.0.1", "line-1/staging", *ENGINEER)


def test_whoever_cannot_be_told_does_nothing(say: Say) -> None:
    """A key says who acts only by the file of people."""
    before = entries()
    broken(PEOPLE)()
    with pytest.raises(DocumentError, match=r"people\.yaml"):
        say(*BACK)
    assert entries() == before


def test_without_parameters_the_registry_can_be_named(say: Say) -> None:
    """The message says how."""
    broken(Path("params.yaml"))()
    with pytest.raises(DocumentError, match="--registry sqlite"):
        say(*BACK)
    say.done(*BACK, "--registry", URL)
    assert live(DEV) == "1.0.0"
