"""Engines that a device builds for itself: really built where the builder is, run nowhere without a card."""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path

import pytest

from detection.edge.engines.built import BuiltEngine, note_of, read_engine
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import Identity
from detection.edge.verbs import build
from detection.errors import BundleError, DetectionError, EnvironmentMissingError
from detection.outside import bundles
from tests.examples_bundles import write_colour_bundle

MODEL = "5" * 64
MADE = BuiltEngine("tensorrt", MODEL, b"an engine")


def written(path: Path) -> Path:
    path.write_bytes(MADE.content)
    note_of(path).write_bytes(MADE.note())
    return path


def card_bundle(folder: Path) -> Bundle:
    made = write_colour_bundle(folder)
    contents = {entry.name: made.read(entry.name) for entry in made.manifest.files}
    known = {field.name: getattr(made.manifest, field.name) for field in fields(Identity)}
    targets = tuple(replace(target, id="card", engine="tensorrt") for target in made.manifest.targets)
    return bundles.write(folder, Identity(**known | {"targets": targets}), contents)


def test_what_was_built_is_read_back(tmp_path: Path) -> None:
    assert read_engine(written(tmp_path / "card.engine"), MODEL) == MADE


@pytest.mark.parametrize("content", [b"an enginE", b"an engin", b"an engine ", b""])
def test_an_engine_that_changed_since_is_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "card.engine")
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"changed since|expected at most"):
        read_engine(path, MODEL)


def test_an_engine_of_another_model_is_refused(tmp_path: Path) -> None:
    """An older release's engine, copied over, would answer for the new one."""
    with pytest.raises(BundleError, match="another model"):
        read_engine(written(tmp_path / "card.engine"), "6" * 64)


def test_an_engine_without_its_note_and_a_note_without_its_engine_are_refused(tmp_path: Path) -> None:
    for gone in (written(tmp_path / "card.engine"), note_of(written(tmp_path / "card.engine"))):
        written(tmp_path / "card.engine")
        gone.unlink()
        with pytest.raises(BundleError, match="cannot be read"):
            read_engine(tmp_path / "card.engine", MODEL)


def test_a_target_that_needs_no_engine_of_its_own_gets_none(tmp_path: Path) -> None:
    write_colour_bundle(tmp_path / "bundle")
    asked = argparse.Namespace(bundle=tmp_path / "bundle", target="cpu-plain", output=tmp_path / "x", trust=None)
    with pytest.raises(BundleError, match="with engine tensorrt"):
        build.call(asked)


def test_without_its_package_no_engine_is_built_and_it_is_said_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("tensorrt_rtx")
    card_bundle(tmp_path / "bundle")
    asked = argparse.Namespace(bundle=tmp_path / "bundle", target="card", output=tmp_path / "e" / "x", trust=None)
    with pytest.raises(EnvironmentMissingError, match="--environment"):
        build.call(asked)
    assert not (tmp_path / "e").exists()


@pytest.mark.slow
def test_an_engine_is_built_of_the_bundles_model_and_is_what_would_run(tmp_path: Path) -> None:
    """Without a card it cannot run, and says so; the model file in the bundle does not step in for it."""
    pytest.importorskip("tensorrt_rtx")
    bundle = card_bundle(tmp_path / "bundle")
    made = build.built(bundle, "fp32", "tensorrt-rtx", card="8.6")
    path = tmp_path / "card.engine"
    path.write_bytes(made.content)
    note_of(path).write_bytes(made.note())
    assert read_engine(path, bundle.manifest.entry("models/fp32.onnx").sha256) == made
    with pytest.raises(DetectionError, match=r"card|CUDA|driver|engine"):
        bundle.detector("fp32", built=path)
