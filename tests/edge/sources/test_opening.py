"""What a person may write for a source, and what is never told again."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.edge.sources.camera import Camera
from detection.edge.sources.items import Choice, Recorded
from detection.edge.sources.opening import Manner, open_source, shown
from detection.edge.sources.piped import LivePiped
from detection.errors import FrameError

ANY = Choice("", 1_000_000)


@pytest.mark.parametrize(
    "text", ["rtsp://10.0.0.9/gate", "RTSPS://cam/a?b=c", "usb:0", "/dev/video12", "usb:2@1920x1080"]
)
def test_cameras_are_live_and_are_not_opened_before_they_are_asked(text: str) -> None:
    source = open_source(text, ANY, Manner())
    assert isinstance(source, Camera)
    assert source.live
    source.close()


def test_an_address_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "address").write_text("\n  rtsp://me:pass@cam/gate \nmore\n")
    assert isinstance(open_source(f"@{tmp_path / 'address'}", ANY, Manner()), Camera)


@pytest.mark.parametrize("content", ["", "\n", "@other"])
def test_a_file_without_an_address_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "address").write_text(content)
    with pytest.raises(FrameError, match="holds no address"):
        open_source(f"@{tmp_path / 'address'}", ANY, Manner())


@pytest.mark.parametrize(
    "text", ["ftp://me:secret@host/x", "http://me:se/cret@host/x?token=secret", "file:///etc/passwd"]
)
def test_another_kind_of_address_is_refused_without_its_secrets(text: str) -> None:
    with pytest.raises(FrameError, match="no such kind of address") as told:
        open_source(text, ANY, Manner())
    assert "secret" not in str(told.value)
    assert "cret@" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("rtsp://10.0.0.9:554/gate", "rtsp://10.0.0.9:554/gate"),
        ("rtsp://me:p@ss@cam/gate?key=1#f", "rtsp://cam/gate"),
        ("rtsp://me:a/b@cam/gate", "rtsp://cam/gate"),
    ],
)
def test_an_address_is_told_without_user_password_and_query(address: str, told: str) -> None:
    assert shown(address) == told


def test_watching_needs_a_folder(tmp_path: Path) -> None:
    assert isinstance(open_source(str(tmp_path), ANY, Manner(watch=True)), Recorded)
    with pytest.raises(FrameError, match="--watch follows a folder"):
        open_source(str(tmp_path / "none"), ANY, Manner(watch=True))


def test_a_pipe_may_be_a_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "stream").open("wb+") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert isinstance(open_source("-", ANY, Manner(newest=True)), LivePiped)
        assert not open_source("-", ANY, Manner()).live
