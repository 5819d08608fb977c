"""Pairing: a name finds the one image that was meant, or none; never a guess among several."""

from __future__ import annotations

import time

import pytest

from detection.outside.deliveries.members import Member
from detection.outside.deliveries.stock import Stock
from detection.outside.formats.reading.pairing import Images, PairingError, plain_name, printable
from tests.examples_hostile import delivery_of


def images(*names: str) -> Images:
    return Images(delivery_of(dict.fromkeys(names, "")))


@pytest.mark.parametrize(
    ("wanted", "document", "found"),
    [
        pytest.param("a.jpg", "x.json", "a.jpg", id="beside it at the top"),
        pytest.param("b/a.jpg", "b/x.json", "b/a.jpg", id="from the top, rather than elsewhere"),
        pytest.param("a.jpg", "b/x.json", "b/a.jpg", id="in its folder"),
        pytest.param("./a.jpg", "b/labels/x.json", "b/a.jpg", id="in the folder above"),
        pytest.param("only.jpg", "x.json", "d/e/only.jpg", id="anywhere if only one fits"),
        pytest.param("d/f.jpg", "x.json", "d/f.jpg", id="from the top"),
    ],
)
def test_the_nearest_is_meant(wanted: str, document: str, found: str) -> None:
    """Exports repeat names in train and valid, and put documents beside, above or below the images."""
    held = images("a.jpg", "b/a.jpg", "c/b/a.jpg", "d/e/only.jpg", "d/f.jpg", "g/f.jpg")
    assert held.named(wanted, document) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param("bucket/x/a.jpg", "x/a.jpg", id="most folders in common"),
        pytest.param("elsewhere/only.jpg", "d/e/only.jpg", id="folders of another machine"),
        pytest.param("0123abcd-only.jpg", "d/e/only.jpg", id="as it was uploaded"),
        pytest.param("only", "d/e/only.jpg", id="without its suffix"),
        pytest.param("e\u0301.jpg", "\u00e9.jpg", id="in another Unicode form"),
    ],
)
def test_a_place_of_another_machine_leads_to_the_image_that_fits_best(wanted: str, found: str) -> None:
    held = images("x/a.jpg", "y/a.jpg", "d/e/only.jpg", "\u00e9.jpg")
    assert held.nearest(wanted, uploaded=True) == found


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [("a.jpg", "2 images"), ("z/a.jpg", "2 images"), ("0123abcd-a.jpg", "no"), ("../a.jpg", "leads")],
)
def test_no_image_is_guessed_among_equals(wanted: str, reason: str) -> None:
    with pytest.raises(PairingError, match=reason):
        images("x/a.jpg", "y/a.jpg").nearest(wanted)


def test_where_images_are_absent_the_name_is_the_image() -> None:
    """And must be one that leads nowhere else all the same."""
    held = Images(delivery_of({"a.jpg": ""}), absent=True)
    assert (held.names, held.nearest("x/./b.jpg"), held.named("c", "d/x.json")) == ([], "x/b.jpg", "c")
    for ask in (held.nearest, lambda name: held.named(name, "x.json")):
        with pytest.raises(PairingError, match="leads out"):
            ask("../a.jpg")


@pytest.mark.parametrize(("wanted", "reason"), [("f.jpg", "2 images"), ("none.jpg", "no image"), ("../f.jpg", "leads")])
def test_several_or_none_are_told(wanted: str, reason: str) -> None:
    """A guess would put boxes on another picture."""
    with pytest.raises(PairingError, match=reason):
        images("d/f.jpg", "g/f.jpg").named(wanted, "labels/x.json")


def test_a_stem_finds_its_own_folder_first() -> None:
    """Then one folder beside it; two images of one stem are one too many."""
    held = images("t/images/a.jpg", "v/images/a.jpg", "v/labels/b.png", "v/images/b.jpg", "w/x/c.jpg", "w/y/c.png")
    assert held.beside("t/labels/a.xml") == "t/images/a.jpg"
    assert held.beside("v/labels/b.xml") == "v/labels/b.png"
    for label_file in ("w/z/c.xml", "a.xml", "t/a.xml"):
        with pytest.raises(PairingError):
            held.beside(label_file)
    assert held.all_beside(["w/z/c.xml"]) == {"w/x/c.jpg", "w/y/c.png"}


def test_names_are_made_plain_and_shown_safely() -> None:
    """A list of rejected files is read by people."""
    assert plain_name("./a//b.jpg") == "a/b.jpg"
    assert (printable("grün"), printable("a\u202eb")) == ("grün", "'a\\u202eb'")


def test_a_hundred_thousand_namesakes_take_seconds() -> None:
    """Sequences number their frames alike; looking through all of them for each would take hours."""
    names = [f"images/s{n // 10}/{n % 10:06}.jpg" for n in range(100_000)]
    held = Images(Stock("x", {name: Member(name, 0) for name in names}, lambda member: b""))
    start = time.process_time()
    for name in names:
        assert held.named(name.removeprefix("images/"), "x.json") == name
    for name in names[:1000]:
        with pytest.raises(PairingError, match="10000 image files"):
            held.named(name.rpartition("/")[2], "x.json")
    assert time.process_time() - start < 10
