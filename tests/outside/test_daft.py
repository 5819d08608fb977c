"""Daft: measures what the shards hold, says what they no longer hold, and gives the same answer on a cluster."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detection.outside import daft, pixels, tables
from detection.outside.daft import Engine
from detection.outside.shards import ShardWriter
from detection.rules.labels.intake.arrivals import Context, Stored
from detection.rules.labels.samples import Frames
from detection.rules.labels.statistics import Statistics
from tests.examples_labels import frames, jpeg

ROOT = Path(__file__).parents[2]
ALONE = """
import sys
from pathlib import Path
from detection.outside import daft, tables
folder = Path(sys.argv[1])
made = daft.measure(folder, tables.read_frames(folder / "frames.parquet"), daft.Engine(sys.argv[2]))
tables.write_statistics(folder / f"{sys.argv[2]}.parquet", made)
"""
"""Daft takes one engine a process, so a second one needs another process."""


def stored(folder: Path, *contents: bytes) -> Frames:
    """The frame table of pictures in shards of 20 kB."""
    rows = []
    with ShardWriter(folder, 20_000) as writer:
        for content in contents:
            digest = hashlib.sha256(content).hexdigest()
            place = writer.add(digest, "jpg", content)
            context = Context("", "cam-0", "s-0", None, {})
            rows.append(Stored(digest, "a", place.shard, place.offset, place.length, 64, 48, context, ()))
    return frames(rows)


def test_every_frame_is_measured_and_ordered_by_its_id(tmp_path: Path) -> None:
    contents = [jpeg(grey) for grey in range(70)]
    made = stored(tmp_path, *contents)
    measured = daft.measure(tmp_path, made, Engine())
    assert measured.frame.tolist() == sorted(made.id) == made.id.tolist()
    expected = {hashlib.sha256(c).hexdigest(): pixels.measure(c) for c in contents}
    assert measured.hash.tolist() == [expected[frame].hash for frame in measured.frame]
    assert measured.mean_u8.tolist() == [np.float32(expected[frame].mean_u8) for frame in measured.frame]
    assert measured.readable.all()


def test_a_damaged_frame_is_unreadable_and_the_others_are_not(tmp_path: Path) -> None:
    """A flipped byte decodes without a word; only the hash finds it."""
    made = stored(tmp_path, *(jpeg(grey) for grey in range(12)))
    shard, at = tmp_path / made.shard[3], int(made.offset[3]) + 400
    content = bytearray(shard.read_bytes())
    content[at] ^= 1
    shard.write_bytes(bytes(content))
    measured = daft.measure(tmp_path, made, Engine())
    assert measured.frame[~measured.readable].tolist() == [made.id[3]]
    assert not measured.width[~measured.readable].any()
    assert not measured.hash[~measured.readable].any()


def test_frames_of_a_missing_shard_and_what_is_no_picture_are_unreadable(tmp_path: Path) -> None:
    made = stored(tmp_path, b"no picture", *(jpeg(grey) for grey in range(12)))
    gone = str(made.shard[np.flatnonzero(made.shard != made.shard[0])[0]])
    (tmp_path / gone).unlink()
    measured = daft.measure(tmp_path, made, Engine())
    lost = [*made.id[made.shard == gone].tolist(), hashlib.sha256(b"no picture").hexdigest()]
    assert sorted(measured.frame[~measured.readable]) == sorted(set(lost))


def test_frames_without_pixels_have_no_row(tmp_path: Path) -> None:
    """Labels alone are a data set too."""
    made = stored(tmp_path, *(jpeg(grey) for grey in range(3)))
    made.shard[1] = ""
    assert daft.measure(tmp_path, made, Engine()).frame.tolist() == [made.id[0], made.id[2]]
    made.shard[:] = ""
    nothing = daft.measure(tmp_path, made, Engine())
    assert len(nothing) == 0
    assert nothing.hash.dtype == np.uint64


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    measured = daft.measure(tmp_path, stored(tmp_path, jpeg(1), jpeg(2)), Engine())
    tables.write_statistics(tmp_path / "images.parquet", measured)
    again = tables.read_statistics(tmp_path / "images.parquet")
    for name in Statistics.__slots__:
        assert getattr(again, name).tolist() == getattr(measured, name).tolist()


def test_a_cluster_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    """With what to do; the reader knows nothing of Ray's own errors."""
    made = stored(tmp_path, jpeg(1))
    tables.write_frames(tmp_path / "frames.parquet", made)
    program = ALONE.replace("daft.Engine(sys.argv[2])", "daft.Engine('ray', sys.argv[2])")
    command = [sys.executable, "-c", program, str(tmp_path), "nowhere"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("detection.errors.EnvironmentMissingError: params.yaml: validate: no Ray cluster at nowhere")
    assert said.endswith("start one, mend the address, or set runner to native")


@pytest.mark.slow
def test_a_ray_cluster_gives_the_same_bytes(tmp_path: Path) -> None:
    """Started for the test and gone with its process."""
    made = stored(tmp_path, b"no picture", *(jpeg(grey) for grey in range(40)))
    tables.write_frames(tmp_path / "frames.parquet", made)
    for runner in ("native", "ray"):
        command = [sys.executable, "-c", ALONE, str(tmp_path), runner]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "native.parquet").read_bytes() == (tmp_path / "ray.parquet").read_bytes()
