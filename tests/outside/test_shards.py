"""Shards: what goes in comes out, or an error does."""

from __future__ import annotations

import hashlib
import tarfile
import time
from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside.files import DiskError
from detection.outside.shards import Place, ShardWriter, read_member

IMAGES = [bytes([n]) * (700 + 100 * n) for n in range(5)]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(folder: Path, shard_bytes: int = 3000) -> list[Place]:
    with ShardWriter(folder, shard_bytes) as shards:
        return [shards.add(_digest(content), "jpg", content) for content in IMAGES]


def test_every_image_comes_back_from_its_place(tmp_path: Path) -> None:
    """Later stages read by place; a wrong offset would hand them another image."""
    places = _write(tmp_path)
    back = [
        read_member(tmp_path / place.shard, place.offset, place.length, _digest(content))
        for place, content in zip(places, IMAGES, strict=True)
    ]
    assert back == IMAGES
    assert len({place.shard for place in places}) > 1


def test_the_same_images_give_the_same_bytes(tmp_path: Path) -> None:
    """DVC compares outputs by hash: a clock inside a shard would rerun the whole pipeline."""
    _write(tmp_path / "a")
    time.sleep(1.1)
    _write(tmp_path / "b")
    shards = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert [(tmp_path / "a" / s).read_bytes() for s in shards] == [(tmp_path / "b" / s).read_bytes() for s in shards]


def test_a_shard_is_an_ordinary_tar_without_traces_of_this_machine(tmp_path: Path) -> None:
    """People may open a shard with any tar; it tells neither who made it nor when."""
    _write(tmp_path)
    with tarfile.open(tmp_path / "000000.tar") as tar:
        first = tar.getmembers()[0]
    assert first.name == f"{_digest(IMAGES[0])}.jpg"
    assert (first.mtime, first.uid, first.gid, first.uname, first.gname) == (0, 0, 0, "", "")


def test_an_image_larger_than_a_shard_gets_a_shard_of_its_own(tmp_path: Path) -> None:
    """The limit is for comfort; no image is refused for it."""
    content = bytes(50_000)
    with ShardWriter(tmp_path, 1000) as shards:
        place = shards.add(_digest(content), "png", content)
    assert read_member(tmp_path / place.shard, place.offset, place.length, _digest(content)) == content


def test_no_images_make_no_shard(tmp_path: Path) -> None:
    """An empty collection leaves an empty folder, not an empty archive."""
    with ShardWriter(tmp_path, 1000):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [pytest.param(lambda b: b[:900], id="cut"), pytest.param(
    lambda b: b[:600] + bytes([b[600] ^ 1]) + b[601:], id="one bit")])  # fmt: skip
def test_damage_is_told_from_the_image(tmp_path: Path, damage: object) -> None:
    """Decoders pass over flipped bits; only the hash finds them."""
    place = _write(tmp_path)[0]
    shard = tmp_path / place.shard
    assert callable(damage)
    shard.write_bytes(damage(shard.read_bytes()))
    with pytest.raises(SourceError, match=r"000000\.tar: the 700 bytes from 512 have SHA-256"):
        read_member(shard, place.offset, place.length, _digest(IMAGES[0]))


def test_a_missing_shard_says_what_to_do(tmp_path: Path) -> None:
    """After a partial checkout the message must lead back to collect."""
    with pytest.raises(SourceError, match="run stage collect again"):
        read_member(tmp_path / "000000.tar", 0, 1, "0" * 64)


def test_a_fault_leaves_no_half_shard(tmp_path: Path) -> None:
    """What stands in the folder is whole: readers never have to ask."""

    def stopped() -> None:
        with ShardWriter(tmp_path, 10_000) as shards:
            shards.add(_digest(IMAGES[0]), "jpg", IMAGES[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_and_leaves_whole_shards_only(small_disk: Path) -> None:
    """A stage that ran out of space must not look as if it had finished."""
    content = bytes(range(256)) * 2000

    def overfill() -> None:
        with ShardWriter(small_disk, 600_000) as shards:
            for n in range(10):
                shards.add(_digest(content + bytes([n])), "jpg", content + bytes([n]))

    with pytest.raises(DiskError, match="No space left"):
        overfill()
    left = sorted(small_disk.iterdir())
    assert [path.suffix for path in left] == [".tar"] * len(left)
    for path in left:
        with tarfile.open(path) as tar:
            assert tar.getmembers()
