"""The table beside the images and the zones of clocks: with a fault in either, nothing is imported."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import SourceError
from detection.outside import deliveries
from detection.outside.intake.told import Telling
from detection.rules.labels.intake.arrivals import LabelledImage
from detection.rules.labels.intake.mapping import Mapping
from tests.examples_intake import LIMITS

NAMES = ("north/1.jpg", "south/1.jpg", "south/2.jpg")
IMAGES = [LabelledImage(name, 0, 0, False, (), {"location": "38"}) for name in NAMES]
PLACES = {"table": {"path": "frames.csv", "key": "file"}, "camera": [{"column": "cam"}]}


def told(folder: Path, content: bytes, places: dict[str, Any] = PLACES) -> Telling:
    (folder / "frames.csv").write_bytes(content)
    with deliveries.opened(folder, LIMITS) as delivery:
        return Telling.of(delivery, Mapping.model_validate(places), IMAGES)


def cameras(telling: Telling) -> list[str]:
    return [telling.context(image, {}).camera for image in IMAGES]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"file,cam\nnorth/1.jpg,a\n2.jpg,b\n", id="plain"),
        pytest.param(
            b'\xef\xbb\xbffile,cam\r\n"north/1.jpg","a"\r\n\r\n2,b\r\n', id="with a mark, quotes and blank lines"
        ),
        pytest.param(
            b"cam,file,more\na,north/1.jpg,x\nb,south/2.jpg,y\nc,elsewhere.jpg,z\n", id="more than is asked for"
        ),
    ],
)
def test_rows_find_their_images(tmp_path: Path, content: bytes) -> None:
    """By the whole name, the last part of it, or that without its suffix; the image without a row is unknown."""
    assert cameras(told(tmp_path, content)) == ["a", "", "b"]


def test_a_row_finds_its_image_in_another_unicode_form(tmp_path: Path) -> None:
    """An archive packed where letters are taken apart, and a table typed where they are not: no camera is lost."""
    (tmp_path / "frames.csv").write_text("file,cam\n\u00e9.jpg,a\n", "utf-8")
    image = LabelledImage("x/e\u0301.jpg", 0, 0, False, (), {})
    with deliveries.opened(tmp_path, LIMITS) as delivery:
        telling = Telling.of(delivery, Mapping.model_validate(PLACES), [image])
    assert telling.context(image, {}).camera == "a"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"file\nnorth/1.jpg\n", "column 'cam' is missing", id="no column"),
        pytest.param(b"", r"(?s)column 'cam' is missing.*column 'file' is missing", id="nothing"),
        pytest.param(b"file,cam,cam\nnorth/1.jpg,a,b\n", "column 'cam' stands 2 times", id="column twice"),
        pytest.param(b"file,cam\nnorth/1.jpg\n2,a,b\n", r"(?s)2 fault\(s\).*line 2: 1 values.*line 3: 3", id="ragged"),
        pytest.param(b"file,cam\n2,a\nsouth/2.jpg,b\n", "stands twice; keep one row for south/2.jpg", id="key twice"),
        pytest.param(b"file,cam\n1.jpg,a\n", "names 2 images, such as north/1.jpg", id="key of two images"),
        pytest.param(b"file,cam\nx.jpg,a\n", "names none of the 3 images, but such as 'x.jpg'", id="no key fits"),
        pytest.param("file,cam\nnorth/1.jpg,Straße\n".encode("latin-1"), "is not UTF-8", id="encoding"),
        pytest.param(b"file,cam\nnorth/1.jpg,\0\n", "holds a NUL", id="nul"),
        pytest.param(b'file,cam\nnorth/1.jpg,"a\n', "cannot be read as CSV", id="open quote"),
    ],
)
def test_a_table_with_faults_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """All faults of it together."""
    with pytest.raises(SourceError, match=words):
        told(tmp_path, content)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Rather than leave every frame without a camera."""
    with pytest.raises(SourceError, match=r"gone\.csv"):
        told(tmp_path, b"", PLACES | {"table": {"path": "gone.csv", "key": "file"}})


def test_a_field_that_no_image_has_is_refused(tmp_path: Path) -> None:
    """With those that there are."""
    with pytest.raises(SourceError, match="no image has the field locaton; the labels have location; mend"):
        told(tmp_path, b"", {"camera": [{"field": "locaton"}]})
    assert cameras(told(tmp_path, b"", {"camera": [{"field": "location"}]})) == ["38", "38", "38"]


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "Europe", "../etc/passwd", "", "a\0b", "/etc/passwd", "é"])
def test_unknown_zones_are_refused(tmp_path: Path, zone: str) -> None:
    """Whatever the name does to the machine's list of zones."""
    with pytest.raises(SourceError, match="this machine knows no time zone"):
        told(tmp_path, b"", {"captured_at": [{"field": "location", "zone": zone}]})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60), header=st.sampled_from([b"", b"file,cam\n", b"\xff\xfe", b'"file","cam\n']))
def test_any_table_is_read_or_refused(tmp_path: Path, content: bytes, header: bytes) -> None:
    """Nothing else leaves."""
    with suppress(SourceError):
        assert len(cameras(told(tmp_path, header + content))) == 3
