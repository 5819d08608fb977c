"""The store: durable before it says so, once each, and whole again after any interruption."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from detection.errors import TelemetryError
from detection.outside.daft import Engine
from detection.outside.files import DiskError
from detection.outside.telemetry.intake import Kind
from detection.outside.telemetry.reading import telemetry_with
from detection.outside.telemetry.stored import places
from detection.outside.telemetry.stored.compaction import compact
from detection.outside.telemetry.stored.store import Store
from tests.examples_telemetry import BUNDLE, EDGES, KNOWN, OTHER_BUNDLE, Sent, numbered, record, remember


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    remember(tmp_path / "store")
    return tmp_path / "store"


def frames_in(folder: Path) -> int:
    return int(telemetry_with(folder, BUNDLE, EDGES).minutes().counters["frames"].sum())


def test_what_came_twice_is_stored_once(folder: Path) -> None:
    store = Store(folder)
    records = numbered([record(Sent(n)) for n in range(5)])
    assert (store.add(records).stored, store.add(records[::-1]).known) == (5, 5)
    assert frames_in(folder) == 5 * 11


@pytest.mark.parametrize("compacted", [False, True], ids=["as it arrived", "as Parquet"])
@pytest.mark.parametrize("reopened", [False, True], ids=["running", "started again"])
def test_a_name_keeps_its_content(folder: Path, compacted: bool, reopened: bool) -> None:
    """Known is known and another content is refused, wherever the first one lies."""
    store = Store(folder)
    store.add(numbered([record(Sent(n)) for n in range(3)]))
    if compacted:
        compact(store)
    if reopened:
        store.close()
        store = Store(folder)
    added = store.add(numbered([record(Sent(1)), record(Sent(2, frames=4)), record(Sent(9))]))
    assert (added.stored, added.known) == (1, 1)
    assert [(refusal.line, refusal.kind) for refusal in added.refusals] == [(2, Kind.CONFLICT)]
    assert frames_in(folder) == 4 * 11


def test_one_request_cannot_say_two_things_under_one_name(folder: Path) -> None:
    added = Store(folder).add(numbered([record(Sent(1)), record(Sent(1)), record(Sent(1, frames=4))]))
    assert (added.stored, added.known, len(added.refusals)) == (1, 1, 1)


def test_a_second_receiver_is_refused(folder: Path) -> None:
    first = Store(folder)
    with pytest.raises(TelemetryError, match="another receiver has it"):
        Store(folder)
    first.close()
    Store(folder).close()


def test_leftovers_of_an_interrupted_compaction_count_once_and_are_swept_up(folder: Path) -> None:
    """Killed between the new file and the removal of what it stands for, and while a file was written."""
    store = Store(folder)
    for n in range(3):
        store.add(numbered([record(Sent(n))]))
    arrivals = {path: path.read_bytes() for path in (folder / BUNDLE / places.INCOMING).iterdir()}
    compact(store)
    store.close()
    for path, content in arrivals.items():
        path.write_bytes(content)
    (folder / BUNDLE / places.MINUTES / ".half.parquet.x.part").write_bytes(b"PAR1")
    assert frames_in(folder) == 3 * 11
    store = Store(folder)
    assert (len(store), store.waiting) == (3, 0)
    assert [path.name for path in (folder / BUNDLE / places.INCOMING).iterdir()] == []
    for kept in (places.MINUTES, places.SLOTS):
        assert [path.name for path in (folder / BUNDLE / kept).iterdir()] == ["0000000001-0000000003.parquet"]
    store.add(numbered([record(Sent(7))]))
    assert [piece.first for piece in places.look(folder / BUNDLE).arrivals] == [4]


def test_sums_made_beforehand_are_of_the_files_that_stand(folder: Path) -> None:
    """Killed before they were made, and after their file was joined with others: windows stay the same."""
    store = Store(folder)
    for n in range(3):
        store.add(numbered([record(Sent(n, frames=10 + n))]))
        compact(store)
    slots = folder / BUNDLE / places.SLOTS
    (missing, *_, stale) = sorted(slots.iterdir())
    missing.unlink()
    before, content = windows(folder), stale.read_bytes()
    assert before == [33]
    compact(store, finish=True)
    assert [path.name for path in slots.iterdir()] == ["0000000001-0000000003.parquet"]
    stale.write_bytes(content)
    assert windows(folder) == before
    compact(store)
    assert [path.name for path in slots.iterdir()] == ["0000000001-0000000003.parquet"]


def windows(folder: Path) -> list[int]:
    """Frames of each stretch of five minutes."""
    return [int(frames) for frames in telemetry_with(folder, BUNDLE, EDGES).windows(300, Engine()).frames]


def test_small_files_become_larger_ones(folder: Path) -> None:
    store = Store(folder)
    for n in range(9):
        store.add(numbered([record(Sent(n))]))
        compact(store)
    assert len(places.look(folder / BUNDLE).blocks) == 2
    compact(store, finish=True)
    assert [piece.path.name for piece in places.look(folder / BUNDLE).blocks] == ["0000000001-0000000009.parquet"]
    assert frames_in(folder) == 9 * 11
    assert store.add(numbered([record(Sent(n)) for n in range(9)])).known == 9


def test_bundles_are_kept_apart(folder: Path) -> None:
    """Their bins need not be the same."""
    remember(folder, KNOWN.__class__(OTHER_BUNDLE, "parcels", 4, EDGES))
    store = Store(folder)
    store.add(numbered([record(Sent(0)), record(Sent(1, bundle=OTHER_BUNDLE))]))
    compact(store)
    assert frames_in(folder) == 11
    assert len(telemetry_with(folder, OTHER_BUNDLE, EDGES).blocks) == 1


def test_a_damaged_arrival_is_named(folder: Path) -> None:
    store = Store(folder)
    store.add(numbered([record(Sent(0))]))
    store.close()
    (path,) = (folder / BUNDLE / places.INCOMING).iterdir()
    path.write_bytes(path.read_bytes().replace(b'"frames":11', b'"frames":12'))
    with pytest.raises(TelemetryError, match="is not what its name promises"):
        Store(folder)


def test_folders_are_synced_before_anything_is_acknowledged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut takes the first records of a bundle with the folder they are in."""
    synced: list[Path] = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").resolve())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    Store(folder).add(numbered([record(Sent(0))]))
    wanted = [folder, folder / BUNDLE, folder / BUNDLE / places.INCOMING]
    assert {path.resolve() for path in wanted} <= set(synced)
    assert synced[-1] == wanted[-1].resolve()


def test_what_could_not_be_acknowledged_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's sync fails after the rename: the device sends it again, and it must not be there twice."""
    store = Store(folder)
    store.add(numbered([record(Sent(0))]))
    real = os.fsync

    def broken(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir():
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(DiskError):
        store.add(numbered([record(Sent(1))]))
    monkeypatch.undo()
    assert store.add(numbered([record(Sent(1))])).stored == 1
    assert frames_in(folder) == 2 * 11


def test_a_reserve_leaves_room_for_compaction(folder: Path) -> None:
    store = Store(folder, reserve_bytes=2**60)
    with pytest.raises(DiskError, match="free space"):
        store.add(numbered([record(Sent(0))]))
    assert len(store) == 0


def test_a_full_disk_loses_nothing_that_was_stored(small_disk: Path) -> None:
    """2 MB: it refuses when full, and takes again once what it has is smaller."""
    remember(small_disk / "store")
    (small_disk / "ballast").write_bytes(bytes(1_400_000))
    store = Store(small_disk / "store", reserve_bytes=300_000)
    stored = _filled(store)
    assert stored > 100
    compact(store)
    again = store.add(numbered([record(Sent(stored + i)) for i in range(20)]))
    assert again.stored == 20
    assert frames_in(small_disk / "store") == (stored + 20) * 11


def _filled(store: Store) -> int:
    """Store until the disk refuses; gives how many."""
    stored = 0
    while True:
        try:
            stored += store.add(numbered([record(Sent(stored + i)) for i in range(100)])).stored
        except DiskError:
            return stored
