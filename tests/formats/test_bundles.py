"""Every format of bundles that was released is still verified, by this code and by the program that it carries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from detection.edge.__main__ import main
from detection.edge.compare import gap
from detection.edge.trust.bundle import open_bundle
from detection.edge.trust.keys import Trust, read_trust
from detection.edge.trust.manifest import FORMAT
from detection.edge.vision.frames import read_image
from detection.errors import BundleError

HERE = Path(__file__).resolve().parent
RELEASED = sorted(HERE.glob("bundle-*"))
LARGEST_BYTES = 500_000


def test_the_present_format_is_among_them() -> None:
    assert f"bundle-{FORMAT}" in [folder.name for folder in RELEASED]


@pytest.mark.parametrize("folder", RELEASED, ids=lambda folder: folder.name)
def test_it_is_whole_and_signed(folder: Path) -> None:
    bundle = open_bundle(folder / "bundle", read_trust(folder / "trust"))
    assert bundle.manifest.name == "colours"
    assert len(bundle.golden().frames) == 3
    frame = bundle.golden().frames[0]
    found = bundle.detector().detect(read_image(bundle.read(frame.file)))
    assert bundle.golden().tolerance.allows(gap([frame.expected["fp32"]], [found]))


@pytest.mark.parametrize("folder", RELEASED, ids=lambda folder: folder.name)
def test_it_is_small_enough_to_be_kept(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < LARGEST_BYTES


@pytest.mark.parametrize("folder", RELEASED, ids=lambda folder: folder.name)
def test_whoever_trusts_one_of_its_two_signers_refuses_it(folder: Path) -> None:
    trust = read_trust(folder / "trust")
    with pytest.raises(BundleError, match="not trusted"):
        open_bundle(folder / "bundle", Trust(1, trust.keys[:1]))


def test_a_bundle_of_before_the_guard_still_answers_but_cannot_be_watched_here(tmp_path: Path) -> None:
    """Its reference knew three signals; counts by other edges would say nothing."""
    bundle = open_bundle(HERE / "bundle-2" / "bundle")
    assert bundle.domain() is None
    with pytest.raises(BundleError, match="watch it with the program that it carries"):
        bundle.reference()
    (tmp_path / "frame.png").write_bytes(bundle.read(bundle.golden().frames[0].file))
    words = ["run", str(HERE / "bundle-2" / "bundle"), str(tmp_path), "--output", str(tmp_path / "answers.jsonl")]
    assert main(words) == 0
    assert json.loads((tmp_path / "answers.jsonl").read_text())["flags"] == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", RELEASED, ids=lambda folder: folder.name)
@pytest.mark.parametrize("verb", ["verify", "selftest"])
def test_its_own_program_verifies_it_and_finds_what_it_found(folder: Path, verb: str) -> None:
    words = [sys.executable, "-I", folder / "bundle" / "runtime.pyz", verb, folder / "bundle"]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
