"""Deliveries: whatever they come packed in, the same files come out, and nothing of a hostile one."""

from __future__ import annotations

import hashlib
import os
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import SourceError
from detection.outside.deliveries import opened
from tests.examples_hostile import (
    LIMITS,
    Files,
    Packer,
    content_of,
    folder_of,
    tar_of,
    zip_of,
)

FILES: Files = {
    "train/images/ride 1.mp4#t=10.jpg": b"\xff\xd8" + bytes(range(256)) * 5,
    "train/labels/ride 1.mp4#t=10.txt": b"",
    "bilder/gr\u00fcn.txt": b"composed",
    "bilder/blau\u0308.txt": b"decomposed",
    "data.yaml": b"names: [a]",
}
WAYS = ["folder", "zip", "tar", "gz", "bz2", "xz"]


def packed(place: Path, files: Files, way: str) -> Path:
    if way == "folder":
        return folder_of(place / "d", files)
    if way == "zip":
        return zip_of(place / "d.zip", files)
    return tar_of(place / "d.tar", files, "" if way == "tar" else way)


ARCHIVES = [pytest.param(zip_of, id="zip"), pytest.param(tar_of, id="tar")]


@pytest.mark.parametrize("way", WAYS)
def test_what_was_packed_comes_out(tmp_path: Path, way: str) -> None:
    """Names hold ``#``, ``=``, spaces and both Unicode forms; an empty file is a file."""
    path = packed(tmp_path, FILES, way)
    assert content_of(path) == FILES
    with opened(path, LIMITS) as delivery:
        assert delivery.listing(frozenset({".jpg"})) == ["train/images/ride 1.mp4#t=10.jpg"]
        assert delivery.holds("data.yaml")
        assert not delivery.holds("train")
        assert delivery.place == str(path)


def test_the_digest_depends_on_names_and_bytes_alone(tmp_path: Path) -> None:
    """An unchanged delivery is known again, however it comes; a changed byte or name makes another."""
    digests = set()
    for way in WAYS:
        with opened(packed(tmp_path, FILES, way), LIMITS) as delivery:
            digests.add(delivery.digest())
            assert delivery.digest() in digests
    own = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    text = "".join(f"{name}\t{own[name]}\n" for name in sorted(own))
    assert digests == {hashlib.sha256(text.encode()).hexdigest()}
    for number, other in enumerate([{**FILES, "data.yaml": b"names: [b]"}, {**FILES, "new.txt": b""}]):
        with opened(folder_of(tmp_path / str(number), other), LIMITS) as delivery:
            assert delivery.digest() not in digests


@pytest.mark.parametrize("way", WAYS)
def test_hidden_files_are_passed_over(tmp_path: Path, way: str) -> None:
    """What desktops and version control leave behind is nobody's label."""
    noise = {".DS_Store": b"x", "__MACOSX/._a.txt": b"x", ".git/config": b"x", "a/.b.txt": b"x"}
    path = packed(tmp_path, {**noise, "a/b.txt": b"y"}, way)
    assert content_of(path) == {"a/b.txt": b"y"}
    with opened(path, LIMITS) as delivery, opened(folder_of(tmp_path / "plain", {"a/b.txt": b"y"}), LIMITS) as plain:
        assert not delivery.holds(".DS_Store")
        assert delivery.digest() == plain.digest()


@pytest.mark.parametrize("way", WAYS)
def test_a_delivery_of_nothing_is_empty(tmp_path: Path, way: str) -> None:
    """Whether that is a fault is for the reader to say."""
    assert content_of(packed(tmp_path, {}, way)) == {}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_not_there_is_our_error(tmp_path: Path, way: str) -> None:
    """Label files name images that were never delivered."""
    with opened(packed(tmp_path, FILES, way), LIMITS) as delivery, pytest.raises(SourceError, match="no file 'b'"):
        delivery.read("b")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", ARCHIVES)
@pytest.mark.parametrize(
    ("names", "reason"),
    [
        pytest.param(["../../etc/passwd"], "leads out", id="slip"),
        pytest.param(["a/../b.txt"], "leads out", id="slip inside"),
        pytest.param(["/etc/passwd"], "absolute", id="absolute"),
        pytest.param(["a\\b.txt"], "backslash", id="backslash"),
        pytest.param(["C:/b.txt"], "drive", id="drive"),
        pytest.param(["a\nb.txt"], "unprintable", id="new line"),
        pytest.param(["a\u202etxt.exe"], "unprintable", id="right to left"),
        pytest.param(["a.txt", "A.txt"], "case or Unicode form alone", id="case"),
        pytest.param(["stra\u00dfe.txt", "STRASSE.txt"], "case or Unicode form alone", id="full case"),
        pytest.param(["gr\u00fcn.txt", "gru\u0308n.txt"], r"u0308n.*case or Unicode form alone", id="Unicode form"),
        pytest.param(["b.txt", "b.txt"], "stands twice", id="twice"),
        pytest.param(["b.txt", "./b.txt"], "stands twice", id="twice by another way"),
        pytest.param(["b", "b/c.txt"], "is a file and a folder", id="file and folder"),
        pytest.param([".hidden", "../.hidden"], "leads out", id="hidden slip"),
        pytest.param([f"{n}.txt" for n in range(51)], "more than 50 files", id="too many"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, pack: Packer, names: list[str], reason: str) -> None:
    """In all systems that the data may travel to."""
    path = _pairs(pack, tmp_path / "d", [(name, b"x") for name in names])
    with pytest.raises(SourceError, match=reason):
        content_of(path)


@pytest.mark.parametrize("pack", ARCHIVES)
def test_all_faults_of_a_delivery_come_together(tmp_path: Path, pack: Packer) -> None:
    """An export of many gigabytes is packed again after every fault: show them all at once."""
    named = ["../a", "/b", "c\\d", "e.txt", "E.txt"]
    path = pack(tmp_path / "d", {**dict.fromkeys(named, b"x"), "large": b"x" * 3_000_001})
    with pytest.raises(SourceError) as caught:
        content_of(path)
    assert len(caught.value.faults) == 5 + (pack is zip_of)  # and it grows too well
    assert "limits.member_bytes" in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_limits_hold_whatever_the_packing(tmp_path: Path, way: str) -> None:
    """On number, on one file, on all of them."""
    files = {f"{n}.txt": os.urandom(1000) for n in range(10)}
    path = packed(tmp_path, files, way)
    assert content_of(path, LIMITS.model_copy(update={"members": 10, "member_bytes": 1000, "total_bytes": 10_000}))
    for limit, value in (("members", 9), ("member_bytes", 999), ("total_bytes", 9_999)):
        with pytest.raises(SourceError, match=f"limits.{limit}"):
            content_of(path, LIMITS.model_copy(update={limit: value}))


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0", b"x" * 2000])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    """A mistyped path often leads to some other file."""
    (tmp_path / "d").write_bytes(content)
    with pytest.raises(SourceError):
        content_of(tmp_path / "d")


def test_a_missing_delivery_is_told(tmp_path: Path) -> None:
    """A mistyped path is the first mistake everybody makes."""
    with pytest.raises(SourceError, match="cannot be opened"):
        content_of(tmp_path / "nowhere")


@pytest.mark.parametrize("way", WAYS[1:])
@pytest.mark.parametrize("step", range(0, 100, 5))
def test_a_cut_archive_is_refused_or_whole(tmp_path: Path, way: str, step: int) -> None:
    """A download that broke off must not become a smaller data set."""
    path = packed(tmp_path, FILES, way)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * step // 100])
    with suppress(SourceError):
        assert content_of(path) == FILES


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.sampled_from(WAYS[1:]), at=st.integers(0, 100_000), junk=st.binary(max_size=40), drop=st.integers(0, 1000)
)
def test_no_damage_leaves_by_another_door(tmp_path: Path, way: str, at: int, junk: bytes, drop: int) -> None:
    """A damaged archive is refused, or gives what it still holds: checksums are the manifests' work."""
    path = packed(tmp_path, FILES, way)
    whole = path.read_bytes()
    at %= len(whole)
    path.write_bytes(whole[:at] + junk + whole[at + drop :])
    with suppress(SourceError):
        content_of(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\0"]), junk=st.binary(max_size=1200))
def test_random_bytes_are_our_error(tmp_path: Path, start: bytes, junk: bytes) -> None:
    """Nothing of the standard library's many errors gets out."""
    (tmp_path / "d").write_bytes(start + junk)
    with suppress(SourceError):
        assert content_of(tmp_path / "d") == {}


_NAMES = st.text("abcé\u4e2d #=.-_", min_size=1, max_size=150).map(lambda text: f"f{text}/x{text}y.txt")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.dictionaries(_NAMES, st.binary(max_size=1500), max_size=5),
    kind=st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, None]),
)
def test_every_dialect_of_names_is_read(tmp_path: Path, files: dict[str, bytes], kind: int | None) -> None:
    """GNU and POSIX write long names in ways of their own; our reading is not the standard library's."""
    path = zip_of(tmp_path / "d", files) if kind is None else tar_of(tmp_path / "d", files, kind=kind)
    assert content_of(path) == {n: c for n, c in files.items() if "/." not in n}


def _pairs(pack: Packer, path: Path, pairs: list[tuple[str, bytes]]) -> Path:
    """Pack names that a mapping could not hold twice."""

    class Pairs(dict[str, bytes]):
        def items(self) -> list[tuple[str, bytes]]:  # type: ignore[override]
            return pairs

    return pack(path, Pairs())


def test_a_pipe_is_no_delivery(tmp_path: Path) -> None:
    """Opening it would wait for ever."""
    os.mkfifo(tmp_path / "d.zip")
    with pytest.raises(SourceError, match="neither a folder nor a file"):
        content_of(tmp_path / "d.zip")
