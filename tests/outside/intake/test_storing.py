"""One source on the shelf: every image once, everybody's answers, nothing of a photograph's secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside import deliveries
from detection.outside.intake import delivered, storing
from detection.outside.intake.delivered import Choice
from detection.outside.intake.storing import Identity, Room
from detection.rules.labels.intake.arrivals import Arrival, Export, LabelledImage, Rejected
from detection.rules.labels.intake.collection import Record
from detection.rules.labels.intake.merging import Part
from tests.examples_intake import LIMITS, source
from tests.examples_labels import COMMON, arrival, said
from tests.examples_photographs import SECRET, talkative_jpeg, talkative_mpo, talkative_png

BOX = ("box", 1.0, 1.0, 9.0, 9.0)
YARD = Identity("yard", "csv", "", "")


def shelved(folder: Path, *arriving: Arrival | Rejected, shard_bytes: int = 10**6) -> Record:
    return storing.store(YARD, COMMON, arriving, Room(folder, shard_bytes, date(2030, 1, 1)))


def part(folder: Path) -> Part:
    return storing.part_of(folder, "yard")


def test_every_answer_of_every_frame_is_kept_in_order_of_ids(tmp_path: Path) -> None:
    """An empty answer has an assignment and no box; an image at which nobody looked has neither."""
    rows = [arrival("b.jpg", said("ann-2"), said("ann-1", BOX), grey=1), arrival("a.jpg", grey=2)]
    figures = shelved(tmp_path, *rows).contribution
    made = part(tmp_path).tables
    assert made.frames.id.tolist() == sorted(made.frames.id)
    assert made.assignments.annotator.tolist() == ["ann-1", "ann-2"]
    assert made.boxes.annotator.tolist() == ["ann-1"]
    assert (figures.frames, figures.boxes, figures.annotators) == (2, 1, ("ann-1", "ann-2"))


def test_two_photographs_of_one_content_gather_their_opinions(tmp_path: Path) -> None:
    """Other people's answers count; a second one by the same person does not."""
    twins = [arrival("a.jpg", said("ann-1", BOX)), arrival("b.jpg", said("ann-1"), said("ann-2"), camera="cam-9")]
    record = shelved(tmp_path, *twins)
    assert part(tmp_path).tables.assignments.annotator.tolist() == ["ann-1", "ann-2"]
    assert part(tmp_path).duplicates.camera.tolist() == ["cam-9"]
    assert [(r.name, r.finding) for r in record.rejected] == [("b.jpg", "duplicate-frame")]


def test_two_people_under_one_name_are_listed(tmp_path: Path) -> None:
    """The image stays, as one at which nobody looked."""
    record = shelved(tmp_path, arrival("a.jpg", said("ann-1", BOX), said("ann-1")))
    assert [(r.name, r.finding) for r in record.rejected] == [("a.jpg", "ambiguous-annotator")]
    assert (len(part(tmp_path).tables.frames), len(part(tmp_path).tables.assignments)) == (1, 0)


def test_labels_alone_have_the_hash_of_their_name_and_no_shard(tmp_path: Path) -> None:
    """So two deliveries of labels meet on one frame."""
    shelved(tmp_path, replace(arrival("a.jpg", said("ann-1", BOX)), content=b"", extension=""))
    frames = part(tmp_path).tables.frames
    assert frames.id.tolist() == [hashlib.sha256(b"a.jpg").hexdigest()]
    assert (frames.shard.tolist(), frames.length.tolist()) == ([""], [0])
    assert not list(tmp_path.glob("shards/*"))


def test_a_source_starts_again_without_its_former_shards(tmp_path: Path) -> None:
    """Fewer images than before leave no shard behind, and another's shards stay."""
    many = [arrival(f"{grey}.jpg", grey=grey) for grey in range(6)]
    shelved(tmp_path, *many, shard_bytes=5_000)
    assert len(list(tmp_path.glob("shards/yard-*.tar"))) > 2
    (tmp_path / "shards" / "yard-2-000000.tar").write_bytes(b"another's")
    record = shelved(tmp_path, many[0])
    assert [path.name for path in sorted(tmp_path.glob("shards/*"))] == ["yard-000000.tar", "yard-2-000000.tar"]
    assert record.promises.files[0].name == "shards/yard-000000.tar"


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    """Not even the shards that were whole."""

    def breaking() -> Iterator[Arrival]:
        yield from (arrival(f"{grey}.jpg", grey=grey) for grey in range(6))
        raise SourceError("the delivery is doubtful")

    with pytest.raises(SourceError, match="doubtful"):
        storing.store(YARD, COMMON, breaking(), Room(tmp_path, 5_000, date(2030, 1, 1)))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert storing.record_of(tmp_path, "yard") is None


def test_no_shard_holds_what_a_photograph_tells(tmp_path: Path) -> None:
    """Neither texts nor places, of JPEG, two-picture JPEG and PNG."""
    files = {"a.jpg": talkative_jpeg(8), "b.jpg": talkative_mpo(), "c.png": talkative_png()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with deliveries.opened(tmp_path, LIMITS) as delivery:
        export = Export(tuple(LabelledImage(name, 0, 0, False, (), {}) for name in files), ())
        arriving = list(delivered.arrivals(delivery, export, Choice(source(), None, LIMITS.pixels)))
    shelved(tmp_path / "out", *arriving)
    shard = (tmp_path / "out/shards/yard-000000.tar").read_bytes()
    assert len(part(tmp_path / "out").tables.frames) == 3
    for secret in (SECRET, b"ASCII\0\0\0", b"cam 7", b"2021:05:03", b"xmpmeta", b"Photoshop"):
        assert any(secret in content for content in files.values())
        assert secret not in shard
