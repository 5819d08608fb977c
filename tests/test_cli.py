"""The command line: quick help, one-line errors, exit statuses."""

from __future__ import annotations

import importlib
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from detection import cli
from detection.errors import DetectionError

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"numpy", "torch", "ultralytics", "pydantic", "yaml", "pyarrow", "cv2", "onnxruntime", "matplotlib", "jinja2"}


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom detection import cli\n"
        "cli.call(['--help'])\n"
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rsplit("LOADED", 1)[1].split())
    assert not loaded & HEAVY


def test_help_costs_less_than_half_a_second() -> None:
    def seconds() -> float:
        """Of the processor, not of the wall: other programs on this machine do not count."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        words = [sys.executable, "-m", "detection.cli", "--help"]
        done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
        assert "verdict" in done.stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.5


@pytest.mark.parametrize("noun", sorted(cli.NOUNS))
def test_the_overview_says_of_each_noun_what_its_own_module_says(noun: str) -> None:
    module = importlib.import_module(f"detection.commands.{noun}")
    assert module.app.info.help == cli.NOUNS[noun]


def test_every_command_module_is_registered() -> None:
    modules = {path.stem for path in (ROOT / "detection" / "commands").glob("[a-z]*")}
    assert modules == set(cli.NOUNS)


@pytest.mark.parametrize("words", [["spek"], ["spec", "chekc"], ["spec", "check", "--no-such-option"]])
def test_a_mistyped_line_is_one_line_that_says_where_help_is(words: list[str]) -> None:
    with pytest.raises(DetectionError, match=r"--help` shows what can be typed") as caught:
        cli.call(words)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("words", "option"),
    [(["data", "export"], "--format"), (["golden", "freeze"], "--"), (["data", "export", "--format", "x"], "--format")],
)
def test_an_option_that_is_missing_or_wrong_is_named_with_the_help_of_its_own_command(
    words: list[str], option: str
) -> None:
    with pytest.raises(DetectionError, match=rf"{option}.*`detection {words[0]} {words[1]} --help`") as caught:
        cli.call(words)
    assert "\n" not in str(caught.value)


def test_a_near_miss_is_named() -> None:
    with pytest.raises(DetectionError, match=r"[Dd]id you mean .*spec"):
        cli.call(["spek"])


def test_a_noun_alone_shows_its_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["spec"])
    assert "check" in capsys.readouterr().out


def test_a_fault_of_the_input_ends_with_status_1_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("version: 2\n")
    program = [sys.executable, "-m", "detection.cli", "spec", "check", str(tmp_path / "spec.yaml")]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
