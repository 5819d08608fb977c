"""The device's program before it looks at any frame: whole bundles, trusted keys, options, help."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detection.edge.__main__ import main
from detection.edge.health import Health
from detection.edge.trust.bundle import open_bundle
from detection.edge.verbs import run
from tests.examples_signing import ANNA, trust_in, write_signed_bundle, write_trust

ROOT = Path(__file__).resolve().parents[3]


def test_it_runs_as_a_module_too(bundle: Path) -> None:
    words = [sys.executable, "-m", "detection.edge", "verify", str(bundle)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    assert open_bundle(bundle).digest in done.stdout


def test_a_damaged_bundle_never_runs(
    bundle: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    model = copy / "models" / "fp32.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    for command in (["run", str(copy), str(source)], ["selftest", str(copy)], ["verify", str(copy)]):
        assert main(command) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "models/fp32.onnx: SHA-256" in said.err


def test_the_self_test_compares_with_the_golden_answers(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", str(bundle)]) == 0
    assert "fp32: PASS over 2 golden frames" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--variant", "int4"], ["--threads", "0"], ["--threads", "x"], ["--start", "yesterday", "--interval-s", "1"],
        ["--start", "2026-11-21"], ["--interval-s", "-1"], ["--what"],
        ["--condition", "dusk"], ["--condition", "=dusk"], ["--watch", "--stall-s", "0"], ["--prometheus", "65536"],
        ["--http", "ftp://host/x"], ["--mqtt", "mqtt://host"], ["--http", "http://h/", "--http-token", "/none"],
        ["--budget-ms", "nan"], ["--draw-keep", "0"], ["--health", "/none/health.json"], ["--trust", "/none"],
    ],
)  # fmt: skip
def test_a_wrong_option_is_one_line_and_status_1(
    bundle: Path, source: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["run", str(bundle), str(source), *words])
    except SystemExit as end:
        status = int(str(end.code))
    assert status == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_every_option_of_run_is_described_for_users() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    run.add_options(parser)
    described = (ROOT / "docs" / "runtime-output.md").read_text()
    options = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    assert len(options) > 20
    assert [option for option in options if f"{option} " not in described.replace("`", " ").replace("]", " ")] == []


def test_every_key_of_the_heartbeat_is_described_for_users() -> None:
    described = (ROOT / "docs" / "runtime-output.md").read_text()
    assert [f.name for f in dataclasses.fields(Health) if f"`{f.name}`" not in described] == []


def test_a_signed_bundle_runs_under_its_keys_and_not_under_others(
    bundle: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = write_signed_bundle(tmp_path / "signed", ANNA).folder
    trust = write_trust(tmp_path / "trust", trust_in(ANNA))
    assert main(["run", str(signed), str(source), "--trust", str(trust)]) == 0
    assert capsys.readouterr().out.count("\n") == 4
    assert main(["run", str(bundle), str(source), "--trust", str(trust)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "bundle.sig" in said.err


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"]])
def test_help_teaches_by_examples(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 0
    assert "python runtime.pyz run bundle pictures/" in capsys.readouterr().out
