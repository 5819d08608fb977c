"""Collect again: what did not change is not read and not touched; what may no longer be kept is gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from detection.errors import SourceError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.outside.files import DiskError
from detection.outside.intake import generations, sources
from detection.outside.intake.sources import Declared, Wanted
from detection.rules.labels.intake.collection import Record
from detection.stages import collect
from tests.examples_intake import LIMITS, OUT, ROOT, delivery, digests, entry, right, source, told, workspace
from tests.examples_labels import SPEC, jpeg

NORTH, SOUTH = entry(id="north", path="north"), entry(id="south", path="south")
DECLARED = Declared(SPEC.classes, SPEC.conditions, SPEC.sources, "1")
SHARDS = ("shards/north-000000.tar", "shards/south-000000.tar")


@pytest.fixture
def yards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two deliveries, of which the first was collected."""
    delivery(tmp_path / "north", {"a": jpeg(1), "b": jpeg(2)})
    delivery(tmp_path / "south", {"c": jpeg(3)})
    workspace(tmp_path, monkeypatch, NORTH)
    assert status_of(collect.main) == 0
    return tmp_path


def stamps(source: str) -> dict[str, tuple[int, int]]:
    """Inode and time of all files that a source owns."""
    paths = [*OUT.glob(f"shards/{source}-*.tar"), *OUT.glob(f"sources/{source}/*")]
    return {path.relative_to(OUT).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def test_a_new_source_writes_new_shards_only(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other's files keep their inode and their time; together they are what one run over both makes."""
    before = stamps("north")
    assert len(before) == 6
    workspace(yards, monkeypatch, NORTH, SOUTH)
    assert status_of(collect.main) == 0
    assert stamps("north") == before
    assert told().frames == 3
    stepwise = digests(OUT)
    shutil.rmtree(OUT)
    assert status_of(collect.main) == 0
    assert digests(OUT) == stepwise


def test_an_unchanged_source_is_not_read_again(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moved elsewhere it is the same delivery; a change of any byte of it is not."""
    before = stamps("north")
    (yards / "north").rename(yards / "moved")
    workspace(yards, monkeypatch, NORTH | {"path": "moved"})
    assert status_of(collect.main) == 0
    assert stamps("north") == before
    with (yards / "moved" / "boxes.csv").open("a") as stream:
        stream.write("\n")
    assert status_of(collect.main) == 0
    assert stamps("north") != before


def test_a_folder_and_its_archive_are_one_delivery(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed, it is the same content: nothing is read again."""
    before = stamps("north")
    for kind in ("zip", "gztar"):
        packed = shutil.make_archive(str(yards / "packed"), kind, yards / "north")
        workspace(yards, monkeypatch, NORTH | {"path": packed})
        assert status_of(collect.main) == 0
        assert stamps("north") == before
    shutil.rmtree(OUT)
    assert status_of(collect.main) == 0
    assert told().frames == 2


def test_the_practice_world_is_drawn_anew_beside_what_is_kept(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And gives the same bytes."""
    drawn = {"seed": 3, "cameras": 1, "frames": 2, "width": 64, "height": 64, "annotators": 1, "verified_share": 0.5}
    hall = {"id": "hall", "origin": "scenes", "format": "scenes", "scenes": drawn | {"workers": 1}}
    workspace(yards, monkeypatch, NORTH, hall)
    seen = []
    for _ in range(2):
        assert status_of(collect.main) == 0
        seen.append((digests(OUT), stamps("north"), stamps("hall")))
    assert (seen[0][0], seen[0][1]) == (seen[1][0], seen[1][1])
    assert seen[0][2] != seen[1][2]


CHANGES: list[Any] = [
    pytest.param({"class_names": {"box": "tube"}}, {}, id="class names"),
    pytest.param({"metadata": {"camera": [{"name": "(.)"}]}}, {}, id="metadata"),
    pytest.param({}, {"sources": [right(licence="CC0-1.0")]}, id="the right to use it"),
]


@pytest.mark.parametrize(("changes", "spec"), CHANGES)
def test_what_decides_over_a_source_reads_it_again(
    yards: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], spec: dict[str, Any]
) -> None:
    """Its entry in params.yaml, and the spec's word on it."""
    before = stamps("north")
    workspace(yards, monkeypatch, NORTH | changes, **spec)
    assert status_of(collect.main) == 0
    assert stamps("north") != before


@pytest.mark.parametrize(
    "name", ["shards/north-000000.tar", "sources/north/frames.parquet", "sources/north/source.json"]
)
def test_damage_is_found_and_mended(yards: Path, name: str) -> None:
    """One flipped bit in a file that the source owns: it is read again."""
    before = digests(OUT)
    content = bytearray((OUT / name).read_bytes())
    content[len(content) // 2] ^= 1
    (OUT / name).write_bytes(content)
    assert status_of(collect.main) == 0
    assert digests(OUT) == before


@pytest.mark.parametrize("place", [OUT, OUT.with_name(".collect.building")], ids=["collection", "building"])
def test_a_file_where_a_folder_should_be_is_replaced(yards: Path, place: Path) -> None:
    """What stands beside the collection is ours; nobody should have to find a hidden name first."""
    before = digests(OUT)
    if place.is_dir():
        shutil.rmtree(place)
    place.write_text("a file")
    for _ in range(2):
        assert status_of(collect.main) == 0
        assert digests(OUT) == before


def test_a_broken_building_site_is_our_error(yards: Path) -> None:
    shutil.rmtree(OUT)
    site = generations.begin(OUT)
    (site / "sources").write_text("a file")
    with pytest.raises(DiskError, match="mend or remove it, then rerun"):
        collect.main()


def test_a_source_that_left_the_params_loses_its_files(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one whose id begins another's."""
    longer = entry(id="north-2", path="south")
    workspace(yards, monkeypatch, NORTH, longer)
    assert status_of(collect.main) == 0
    workspace(yards, monkeypatch, longer)
    assert status_of(collect.main) == 0
    assert not (OUT / "sources" / "north").exists()
    assert [path.name for path in sorted(OUT.glob("shards/*"))] == ["north-2-000000.tar"]
    assert (told().source, told().frames) == ("north-2", 1)


def test_frames_past_their_day_are_left_out_and_listed(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their own day, from their names; their bytes are in no shard; the count of faults stays."""
    today = datetime.now(UTC).date()
    days = {f"{today - timedelta(1)}": 4, f"{today}": 5, f"{today + timedelta(1)}": 6}
    delivery(yards / "dated", {day: jpeg(grey) for day, grey in days.items()})
    dated = entry(id="dated", path="dated", metadata={"retain_until": [{"name": "(.*).jpg"}]})
    workspace(yards, monkeypatch, dated)
    assert status_of(collect.main) == 0
    assert [(r.name, r.finding) for r in told().rejected] == [(f"{today - timedelta(1)}.jpg", "expired")]
    assert (told().frames, told().rejected_frames(), told().contributions[0].expired) == (2, 0, 1)
    assert jpeg(4) not in (OUT / "shards" / "dated-000000.tar").read_bytes()
    kept = tables.read_frames(OUT / "frames.parquet").retain_until.astype(str).tolist()
    assert sorted(kept) == [f"{today}", f"{today + timedelta(1)}"]


def test_a_day_that_passes_takes_frames_away(tmp_path: Path) -> None:
    """The delivery is the same; the day is not."""
    delivery(tmp_path / "dated", {"2030-01-01": jpeg(1), "2030-01-02": jpeg(2)})
    made = source(id="dated", path=str(tmp_path / "dated"), metadata={"retain_until": [{"name": "(.{10}).jpg"}]})
    frames, inodes = [], []
    for day in (date(2030, 1, 1), date(2030, 1, 1), date(2030, 1, 2)):
        wanted = Wanted(DECLARED, LIMITS, 10**6, day)
        building = generations.begin(tmp_path / "out")
        record = sources.gather([made], wanted, tmp_path / "out", building)[0]
        generations.finish(building, tmp_path / "out")
        frames.append((record.contribution.frames, record.good_until))
        inodes.append((tmp_path / "out/shards/dated-000000.tar").stat().st_ino)
    assert frames == [(2, date(2030, 1, 1)), (2, date(2030, 1, 1)), (1, date(2030, 1, 2))]
    assert inodes[0] == inodes[1] != inodes[2]
    assert jpeg(1) not in (tmp_path / "out/shards/dated-000000.tar").read_bytes()


def test_a_source_past_its_day_contributes_nothing_and_is_said(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its shards are gone, the other source stays."""
    ended = [right(), right("old", retain_until=date(2020, 1, 1))]
    workspace(yards, monkeypatch, NORTH | {"origin": "old"}, SOUTH, sources=ended)
    assert status_of(collect.main) == 0
    assert [(r.name, r.finding) for r in told().rejected] == [("north", "expired")]
    assert "could be kept until 2020-01-01" in told().rejected[0].reason
    assert [path.name for path in OUT.glob("shards/*")] == ["south-000000.tar"]


def test_what_had_to_go_is_said(
    yards: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole source, in one line."""
    ended = [right(), right("old", retain_until=date(2020, 1, 1))]
    workspace(yards, monkeypatch, NORTH | {"origin": "old"}, SOUTH, sources=ended)
    assert status_of(collect.main) == 0
    assert "collect: all of north may no longer be kept" in capsys.readouterr().out


def test_nothing_left_is_an_error_and_the_bytes_are_gone_all_the_same(
    yards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A right that ended ends, whatever later stages lack."""
    workspace(yards, monkeypatch, NORTH, sources=[right(retain_until=date(2020, 1, 1))])
    with pytest.raises(
        SourceError, match=r"(?s)no usable image.*north: source 'scenes' could be kept until 2020-01-01"
    ):
        collect.main()
    assert not list(OUT.glob("shards/*"))
    assert told().frames == 0


def test_a_full_disk_leaves_what_was_there(small_disk: Path) -> None:
    """Seen on a real disk of 2 MB: the second source does not fit; the first stays, whole."""
    delivery(small_disk / "north", {"a": jpeg(1)})
    many = delivery(small_disk.parent / "many", {str(n): jpeg(n, 700, 700) for n in range(8)})
    out = small_disk / "out"
    first = source(id="north", path=str(small_disk / "north"))
    wanted = Wanted(DECLARED, LIMITS, 600_000, date(2026, 1, 1))
    building = generations.begin(out)
    sources.gather([first], wanted, out, building)
    generations.finish(building, out)
    before = digests(out)
    building = generations.begin(out)
    with pytest.raises(DiskError, match="No space left"):
        sources.gather([first, source(id="many", path=str(many))], wanted, out, building)
    assert digests(out) == before
    assert not list(building.glob("shards/many-*"))


@pytest.mark.slow
def test_whenever_it_is_killed_the_collection_is_the_old_or_the_new(
    yards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At two dozen moments of a run that adds a source, and the run after it ends what was begun."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("no strace here; install it to stop the machine at every call")
    old = digests(OUT)
    shutil.copytree(OUT, "old")
    workspace(yards, monkeypatch, NORTH, SOUTH)
    seen = []
    for call in ("rename", "fsync", "renameat2", "unlinkat"):
        for number in range(1, 30, 3):
            words = [strace, "-f", "-qq", "-o", "log", "-e", f"inject={call}:signal=SIGKILL:when={number}"]
            words += ["-e", f"trace={call}", sys.executable, "-B", "-m", "detection.stages.collect"]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            done = subprocess.run(words, env=environment, capture_output=True, check=False)
            seen.append(digests(OUT))
            if done.returncode == 0:
                break
            shutil.rmtree("data")
            shutil.copytree("old", OUT)
    assert status_of(collect.main) == 0
    new = digests(OUT)
    assert len(seen) > 15
    assert all(state in (old, new) for state in seen)


def test_what_was_finished_before_a_stop_is_used(yards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second source is broken; once it is mended, the first is not read a second time."""
    shutil.rmtree(OUT)
    workspace(yards, monkeypatch, NORTH, SOUTH | {"metadata": {"table": {"path": "gone.csv", "key": "file"}}})
    with pytest.raises(SourceError, match=r"gone\.csv"):
        collect.main()
    assert not OUT.exists()
    shard = generations.beside(OUT, "building") / SHARDS[0]
    inode = shard.stat().st_ino
    workspace(yards, monkeypatch, NORTH)
    assert status_of(collect.main) == 0
    assert (OUT / SHARDS[0]).stat().st_ino == inode
    assert documents.read_value(Record, OUT / "sources/north/source.json").contribution.frames == 2
