"""From a device's samples to a queue's folder, with real pictures, a real bundle and a real data set."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.edge.trust.bundle import Bundle
from detection.errors import TelemetryError
from detection.outside.dataset import Dataset
from detection.outside.queues.folder import QueueError, read_queue
from detection.outside.queues.making import Asked, known_frames, make
from detection.outside.queues.sampled import read
from detection.rules.field.queue.items import Queue
from tests import examples_dataset
from tests.examples_queues import NOW
from tests.examples_samples import START, write_bundle, write_samples

SPEC = Path(__file__).resolve().parents[3] / "specs" / "spec.yaml"
SEEDS = range(12)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_bundle(tmp_path_factory.mktemp("made") / "bundle")


@pytest.fixture(scope="module")
def samples(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_samples(tmp_path_factory.mktemp("sampled"), bundle.digest, SEEDS)


def asked(samples: Path, **changes: object) -> Asked:
    return replace(Asked(samples, SPEC, samples / "nowhere"), **changes)  # type: ignore[arg-type]


def made(samples: Path, bundle: Bundle, out: Path, **changes: object) -> Queue:
    return make(asked(samples, **changes), bundle, NOW, out)


def test_a_queue_holds_the_frames_byte_by_byte_and_comes_back_as_it_was(
    samples: Path, bundle: Bundle, tmp_path: Path
) -> None:
    queue = made(samples, bundle, tmp_path / "queue", decision="decision-1")
    assert read_queue(tmp_path / "queue") == queue
    assert (queue.decision, queue.spec) == ("decision-1", hashlib.sha256(SPEC.read_bytes()).hexdigest())
    assert {item.file.removeprefix("frames/") for item in queue.items} <= {path.name for path in samples.iterdir()}
    assert all((tmp_path / "queue" / item.file).read_bytes() == (samples / Path(item.file).name).read_bytes()
               for item in queue.items)  # fmt: skip


def test_the_same_samples_give_the_same_queue(samples: Path, bundle: Bundle, tmp_path: Path) -> None:
    assert made(samples, bundle, tmp_path / "a") == made(samples, bundle, tmp_path / "b")
    assert (tmp_path / "a" / "queue.json").read_bytes() == (tmp_path / "b" / "queue.json").read_bytes()


def test_predictions_are_those_of_the_device_bit_by_bit(samples: Path, bundle: Bundle) -> None:
    """Untouched boxes must come home as they went out."""
    from detection.edge.telemetry.samples import read_samples

    told = {one.sha256: one.detections for one in read_samples(samples, bundle.manifest.classes)}
    for candidate in read(samples, bundle).candidates:
        found = [(one.x1, one.y1, one.x2, one.y2) for one in candidate.predictions]
        again = np.array(found, np.float32).reshape(-1, 4)
        assert np.array_equal(again.view(np.int32), told[candidate.frame].boxes.view(np.int32))


def test_variants_that_disagree_are_found(samples: Path, bundle: Bundle, tmp_path: Path) -> None:
    """The other variant never sees green."""
    candidates = read(samples, bundle).candidates
    green = {one.name for one in candidates if one.predictions and one.predictions[0].label == "green"}
    assert green
    blind = {one.name for one in candidates if one.predictions and not any(p.told for p in one.other or ())}
    assert blind == green


def test_a_frame_unlike_the_data_set_is_new(samples: Path, bundle: Bundle, tmp_path: Path) -> None:
    """The data set has small patches; half a frame of one colour is new."""
    known = known_frames(Dataset.open(examples_dataset.write(tmp_path, {"train": 8, "val": 2})))
    assert {one.novelty for one in read(samples, bundle, known).candidates} == {1.0}
    assert all(np.isnan(one.novelty) for one in read(samples, bundle).candidates)


def test_frames_of_earlier_queues_are_not_asked_for_again(samples: Path, bundle: Bundle, tmp_path: Path) -> None:
    first = made(samples, bundle, tmp_path / "first")
    second = made(samples, bundle, tmp_path / "second", earlier=(tmp_path / "first",))
    assert not {item.frame for item in first.items} & {item.frame for item in second.items}
    assert ("", "known", len(first.items)) in {(one.reason, one.why, one.frames) for one in second.left_out}


def test_samples_of_another_bundle_are_left_out_and_counted(samples: Path, bundle: Bundle, tmp_path: Path) -> None:
    """Their thresholds are not known here."""
    write_samples(tmp_path / "both", bundle.digest, [1])
    write_samples(tmp_path / "both", "f" * 64, [2])
    assert [(one.why, one.frames) for one in read(tmp_path / "both", bundle).left_out] == [("other-bundle", 1)]


def test_a_picture_that_nobody_can_look_at_is_left_out_and_counted(bundle: Bundle, tmp_path: Path) -> None:
    """Half a JPEG decodes to a grey half without a word."""
    from detection.edge.telemetry.outbox import segment_name

    folder = write_samples(tmp_path, bundle.digest, [1])
    picture, segment = next(folder.glob("*.jpg")), next(folder.glob("*.jsonl"))
    half = picture.read_bytes()[: picture.stat().st_size // 2]
    digest = hashlib.sha256(half).hexdigest()
    (folder / f"{digest}.jpg").write_bytes(half)
    line = segment.read_bytes().replace(picture.stem.encode(), digest.encode())
    (folder / segment_name("0" * 15 + "2", 0, line)).write_bytes(line)
    found = read(folder, bundle)
    assert len(found.candidates) == 1
    assert [(one.why, one.frames) for one in found.left_out] == [("unreadable", 1)]


def test_no_samples_and_no_folder_are_one_line(bundle: Bundle, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(TelemetryError) as caught:
            made(folder, bundle, tmp_path / "queue")
        assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "queue").exists()


def test_a_queue_is_never_written_over(samples: Path, bundle: Bundle, tmp_path: Path) -> None:
    made(samples, bundle, tmp_path / "queue")
    with pytest.raises(QueueError, match="is there already"):
        made(samples, bundle, tmp_path / "queue")


def test_frames_stand_for_the_moment_they_were_taken(samples: Path, bundle: Bundle) -> None:
    assert min(one.captured_at for one in read(samples, bundle).candidates) == START
