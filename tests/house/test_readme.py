"""The README is checked against the program: what it tells a newcomer to type exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from detection import cli
from tests.house import closures
from tests.house.closures import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "export/README.md")
PROGRAMS = {"source", "python", "python3", "dvc", "pre-commit", "pytest", "pip"}
"""Programs besides our own that the pages may ask for."""


def commands() -> list[tuple[str, str]]:
    """Every line of every code block without a picture in it, with the page it stands on."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^ *```\n(.*?)^ *```$", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE):
            lines = [line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip()]
            if all(re.fullmatch(r"[ -~]+", line) for line in lines) and is_typed(lines[0]):
                found += [(page, line) for line in lines]
    return found


def is_typed(line: str) -> bool:
    program = Path(line.split()[0]).name
    return program in PROGRAMS | {"make", "detection"}


def targets_typed() -> list[str]:
    return sorted({line.split()[1] for _, line in commands() if line.startswith("make ")})


def calls_of_ours() -> list[str]:
    """Every call of ``detection`` in a code block or in `code` within a sentence, without its first word."""
    text = "\n".join((ROOT / page).read_text() for page in (*PAGES, "specs/spec.yaml"))
    return sorted(
        {*re.findall(r"^detection ([a-z].*)$", text, re.MULTILINE), *re.findall(r"`detection ([a-z][^`]*)`", text)}
    )


def test_the_pages_tell_people_to_type_something() -> None:
    assert {"make demo", "make test"} <= {line for page, line in commands() if page == "README.md"}


def test_the_first_run_is_two_commands_word_for_word() -> None:
    first = (ROOT / "README.md").read_text().split("## First run")[1].split("```")[1].strip()
    assert first == "make demo\nmake test"


@pytest.mark.parametrize("target", targets_typed())
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), f"the Makefile has no {target!r}"


def test_every_make_target_named_in_prose_exists() -> None:
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z]+)", (ROOT / page).read_text())}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("line", calls_of_ours())
def test_every_command_of_ours_exists_and_explains_itself(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    noun, *rest = line.split()
    assert noun in cli.NOUNS
    app = importlib.import_module(f"detection.commands.{noun}").app
    verb = rest[:1] if isinstance(get_command(app), TyperGroup) else []
    cli.call([noun, *verb, "--help"])
    assert "Usage" in capsys.readouterr().out


def test_every_benchmark_named_exists() -> None:
    named = set(re.findall(r"python -m (benchmarks(?:\.[a-z_]+)+)", (ROOT / "README.md").read_text()))
    places = {name: ROOT.joinpath(*name.split(".")) for name in named}
    missing = [n for n, p in places.items() if not (p.with_suffix(".py").is_file() or (p / "__main__.py").is_file())]
    assert not missing


def test_the_stage_table_is_the_pipeline() -> None:
    rows = re.findall(r"^\| ([a-z]+) \| .* \| `([a-z/]+)` \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    pipeline = [(name, closures.output_of(name)) for name in closures.stages()]
    assert rows == pipeline


@pytest.mark.parametrize("page", PAGES)
def test_every_file_a_page_names_exists_or_is_made(page: str) -> None:
    made = ("data/", "export/bundle", "models/", "golden/", "evidence/", ".venv", "workspaces", "specs/people.yaml")
    named = re.findall(r"`([A-Za-z_.-]+/[A-Za-z0-9_./-]*|[A-Za-z]+\.(?:md|toml|yaml))`", (ROOT / page).read_text())
    missing = [n for n in named if not n.startswith(made) and not n.startswith("../") and not (ROOT / n).exists()]
    assert not missing
