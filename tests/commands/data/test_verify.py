"""One changed bit anywhere is found, and the file it is in is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from detection import cli
from detection.outside import dvc
from detection.outside.revisions.faults import DamageError
from tests.examples_revisions import Scratch, flip


def faults(own: Scratch, *options: str) -> tuple[str, ...]:
    with pytest.raises(DamageError) as found:
        cli.call(["data", "verify", *options])
    return found.value.faults


@pytest.fixture
def here(own: Scratch, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    monkeypatch.chdir(own.root)
    return own


def test_what_is_whole_is_said_to_be(here: Scratch, capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["data", "verify", "--cache"])
    assert "as promised" in capsys.readouterr().out


def test_a_bit_in_a_shard_names_the_shard_and_the_frame(here: Scratch) -> None:
    shard = next((here.root / "data/collect/shards").iterdir())
    flip(shard, 700)
    found = faults(here)
    assert sum(fault.startswith(f"data/collect/shards/{shard.name}:") for fault in found) == 2
    frames = [fault for fault in found if fault.startswith("frame ")]
    assert len(frames) == 1
    assert ".jpg' at byte 512" in frames[0]


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def linked_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@pytest.mark.parametrize("damage", [flip, truncated, emptied, Path.unlink, linked_to_nothing], ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", ["data/agreement/labels.parquet", "data/collect/boxes.parquet"])
def test_any_damage_to_a_table_is_found(here: Scratch, damage: Callable[[Path], None], name: str) -> None:
    damage(here.root / name)
    assert any(fault.startswith(f"{name}:") for fault in faults(here))


def test_a_file_more_is_a_fault_wherever_it_lies(here: Scratch) -> None:
    (here.root / "data/collect/shards/extra.tar").write_bytes(b"x")
    (here.root / "data/validate/.hidden").write_bytes(b"x")
    found = faults(here)
    assert sum("extra.tar" in fault for fault in found) == 2
    assert any(fault.startswith("data/validate/.hidden:") for fault in found)


def test_a_missing_folder_is_named(here: Scratch) -> None:
    (here.root / "data/validate").rename(here.root / "elsewhere")
    assert faults(here)[0].startswith("data/validate: expected MD5")


def test_a_stage_that_never_succeeded_promised_nothing(here: Scratch) -> None:
    """A red gate leaves no bundle, and that is no damage."""
    with (here.root / "dvc.yaml").open("a") as stream:
        stream.write("  bundle:\n    cmd: exit 1\n    outs: [data/bundle]\n")
    cli.call(["data", "verify", "--cache"])


def test_a_damaged_manifest_is_a_fault_of_its_own(here: Scratch) -> None:
    (here.root / "data/collect/manifest.json").write_text("{")
    assert any("promises of stage collect" in fault for fault in faults(here))


def test_a_damaged_object_is_found_in_the_cache_alone(here: Scratch) -> None:
    """DVC calls it up to date, and would bring it back into the workspace."""
    place = dvc.recorded(here.root).find("data/agreement/labels.parquet")
    assert place is not None
    flip(place)
    cli.call(["data", "verify"])
    (found,) = faults(here, "--cache")
    assert "(data/agreement/labels.parquet)" in found
    assert "dvc repro --force agreement" in found


def test_an_object_of_an_old_revision_is_found_too(here: Scratch) -> None:
    place = dvc.recorded(here.root, "first").find("data/agreement/labels.parquet")
    assert place is not None
    flip(place)
    (found,) = faults(here, "--cache")
    assert "of another revision" in found


def test_a_missing_object_is_named(here: Scratch) -> None:
    place = dvc.recorded(here.root).find("data/agreement/labels.parquet")
    assert place is not None
    place.unlink()
    (found,) = faults(here, "--cache")
    assert "(data/agreement/labels.parquet): expected an object" in found


def test_a_damaged_list_is_found_and_the_folder_judged_without_it(here: Scratch) -> None:
    record = dvc.recorded(here.root)
    flip(record.object(record.outputs[0].md5))
    (found,) = faults(here)
    assert "a damaged list" in found
    assert len(faults(here, "--cache")) == 2
    flip(here.root / "data/agreement/labels.parquet")
    assert any("which file it is cannot be said" in fault for fault in faults(here))


def test_a_fault_says_whether_checkout_can_mend_it(here: Scratch) -> None:
    name = "data/agreement/labels.parquet"
    flip(here.root / name)
    assert "its object in the cache is whole" in faults(here)[0]
    place = dvc.recorded(here.root).find(name)
    assert place is not None
    flip(place, 9)
    assert "would bring the damage back" in faults(here)[0]


def test_following_the_advice_mends_it(here: Scratch) -> None:
    name = here.root / "data/agreement/labels.parquet"
    flip(name)
    name.unlink()
    here.run("dvc", "checkout", "data/agreement")
    cli.call(["data", "verify", "--cache"])


def test_without_dvc_the_manifest_is_still_held(
    here: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here.root / "data").rename(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    cli.call(["data", "verify"])
    assert "no repository of DVC" in capsys.readouterr().err
    flip(tmp_path / "data/collect/boxes.parquet")
    assert len(faults(here)) == 1
