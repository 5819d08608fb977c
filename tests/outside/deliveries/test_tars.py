"""Tars: what else a tar can hold than files, refused by name."""

from __future__ import annotations

import gzip
import lzma
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside.deliveries import opened, streams
from tests.examples_hostile import LIMITS, content_of, folder_of, tar_of, tar_with


def member(kind: bytes, name: str = "b.txt", target: str = "", size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, target, size
    return made


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        pytest.param(member(tarfile.SYMTYPE, target="../../etc/passwd"), "is a link", id="link out"),
        pytest.param(member(tarfile.SYMTYPE, target="a.txt"), "is a link", id="link inside"),
        pytest.param(member(tarfile.LNKTYPE, target="a.txt"), "is a hard link", id="hard link"),
        pytest.param(member(tarfile.CHRTYPE), "is a device", id="character device"),
        pytest.param(member(tarfile.BLKTYPE), "is a device", id="block device"),
        pytest.param(member(tarfile.FIFOTYPE), "is a pipe", id="pipe"),
        pytest.param(member(tarfile.GNUTYPE_SPARSE), "is a sparse file", id="sparse"),
        pytest.param(member(b"V"), "kind b'V'", id="volume"),
        pytest.param(member(tarfile.REGTYPE, size=5_000), "is announced|are announced", id="longer than the file"),
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, made: tarfile.TarInfo, reason: str) -> None:
    """A link or a device in a delivery means harm; a sparse file of no bytes can be as large as it likes."""
    path = tar_with(tmp_path / "d", made)
    if made.size:
        path.write_bytes(path.read_bytes()[:2560])
    with pytest.raises(SourceError, match=rf"'b\.txt': .*({reason})"):
        content_of(path)


def test_a_sparse_file_in_an_extended_header_is_refused(tmp_path: Path) -> None:
    """The newer way to write one; the member itself looks plain."""
    with tarfile.open(tmp_path / "d", "w", format=tarfile.PAX_FORMAT) as archive:
        made = member(tarfile.REGTYPE)
        made.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "999999999"}
        archive.addfile(made)
    with pytest.raises(SourceError, match="is a sparse file"):
        content_of(tmp_path / "d")


def test_the_system_tar_is_read(tmp_path: Path) -> None:
    """What people run: ``tar czf x.tar.gz .`` writes ``./`` before each name, and entries of folders."""
    files = {"a/b.txt": b"b", f"{'long' * 40}/{'name' * 30}.txt": b"c", "gr\u00fcn #=.txt": b"d"}
    folder_of(tmp_path / "d", files)
    for words in (["cf"], ["czf"], ["cjf"], ["cJf"], ["--format=v7", "-cf"], ["--format=pax", "-cf"]):
        kept = {n: c for n, c in files.items() if "v7" not in words[0] or len(n) < 90}
        out = tmp_path / "out.tar"
        subprocess.run(["tar", *words, str(out), "-C", str(tmp_path / "d"), "."], check=False, capture_output=True)
        assert content_of(out) == kept, words


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_bomb_is_left_while_it_unpacks(tmp_path: Path, packing: str) -> None:
    """Twelve megabytes of zeros: no more than the limit is ever written."""
    limits = LIMITS.model_copy(update={"total_bytes": 10**9, "member_bytes": 10**9})
    path = tar_of(tmp_path / "d", {"a.txt": bytes(12_000_000)}, packing)
    with pytest.raises(SourceError, match=r"limits\.expansion"):
        content_of(path, limits)
    noise = tar_of(tmp_path / "e", {"a.txt": os.urandom(2_000_000)}, packing)
    with pytest.raises(SourceError, match=r"limits\.total_bytes"):
        content_of(noise, LIMITS.model_copy(update={"total_bytes": 1_000_000, "member_bytes": 1_000_000}))


def test_many_empty_files_are_no_bomb(tmp_path: Path) -> None:
    """Nothing packs as well as the headers of empty label files."""
    files = {f"{n:05}.txt": b"" for n in range(5000)}
    limits = LIMITS.model_copy(update={"members": 5000, "expansion": 10})
    for packing in ("gz", "bz2", "xz"):
        assert content_of(tar_of(tmp_path / "d", files, packing), limits) == files


def test_streams_of_several_parts_are_read_whole(tmp_path: Path) -> None:
    """Parallel packers write one stream after the other."""
    plain = tar_of(tmp_path / "plain", {"a.txt": os.urandom(5000)}).read_bytes()
    for pack in (gzip.compress, lzma.compress):
        (tmp_path / "d").write_bytes(pack(plain[:3000]) + pack(plain[3000:]) + bytes(4))
        assert list(content_of(tmp_path / "d")) == ["a.txt"]


def test_an_xz_stream_that_wants_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream says how large a window its reader must keep: up to four gigabytes."""
    monkeypatch.setattr(streams, "XZ_MEMORY_BYTES", 1 << 20)
    path = tar_of(tmp_path / "d", {"a.txt": b"a"}, "xz")
    with pytest.raises(SourceError, match="emory"):
        content_of(path)


def test_a_packed_file_that_holds_no_tar_is_told(tmp_path: Path) -> None:
    """Nobody delivers one packed file alone."""
    (tmp_path / "d").write_bytes(gzip.compress(b"hello " * 200))
    with pytest.raises(SourceError, match="neither a folder nor a zip nor a tar"):
        content_of(tmp_path / "d")


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        pytest.param(b"", "without the end mark", id="no end mark"),
        pytest.param(bytes(1024) + b"x" * 512, "behind the end mark", id="something behind"),
        pytest.param(b"\xff" * 512, "number that is none", id="no header"),
        pytest.param(b"x" * 100, "without the end mark", id="half a header"),
    ],
)
def test_a_tar_that_does_not_end_as_it_must_is_refused(tmp_path: Path, tail: bytes, reason: str) -> None:
    """A download that broke off between two members would be a smaller data set; a second tar would stay unseen."""
    path = tar_with(tmp_path / "d")
    path.write_bytes(path.read_bytes()[:1024] + tail)
    with pytest.raises(SourceError, match=reason):
        content_of(path)


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packed tar is unpacked into a file without a name."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with opened(tar_of(tmp_path / "d", {"a.txt": b"a"}, "gz"), LIMITS) as delivery:
        assert delivery.read("a.txt") == b"a"
        assert not list((tmp_path / "temporary").iterdir())
