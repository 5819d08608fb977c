"""Which frame is which: by bytes, by name, by stem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detection.rules.labels.versions.pairing import Described, described, pair
from tests.examples_versions import frame_table, strings


def test_the_same_bytes_under_another_name_are_a_renamed_frame() -> None:
    found = pair(frame_table(["a", "b"], ["1", "2"]), frame_table(["b", "c"], ["2", "1"]))
    assert found.old.tolist() == [0, 1]
    assert found.new.tolist() == [1, 0]
    assert found.renamed.tolist() == [True, False]
    assert not found.re_encoded.any()


def test_the_same_name_with_other_bytes_is_a_re_encoded_frame() -> None:
    found = pair(frame_table(["a"], ["1"]), frame_table(["a"], ["2"]))
    assert found.re_encoded.tolist() == [True]
    assert len(found.added) == len(found.removed) == 0


def test_labels_without_pixels_are_not_a_re_encoded_frame() -> None:
    """Their ids are digests of names: they say nothing of bytes."""
    known = replace(frame_table(["a"], ["2"]), shard=strings(["x.tar"]))
    found = pair(frame_table(["a"], ["1"]), known)
    assert (found.re_encoded.tolist(), found.one_sided.tolist()) == ([False], [True])


def test_folder_and_extension_may_differ() -> None:
    found = pair(frame_table(["old/a.png"], ["1"]), frame_table(["JPEGImages/a.jpg"], ["2"]))
    assert found.re_encoded.tolist() == [True]


def test_a_stem_that_stands_twice_says_nothing() -> None:
    found = pair(frame_table(["x/a.jpg", "y/a.jpg"], ["1", "2"]), frame_table(["z/a.jpg"], ["3"]))
    assert found.removed.tolist() == [0, 1]
    assert found.added.tolist() == [0]


def test_a_frame_is_taken_once() -> None:
    """Frame 1 went on under the name of frame 2, which is gone: the bytes decide."""
    found = pair(frame_table(["a", "b"], ["1", "2"]), frame_table(["b"], ["1"]))
    assert found.old.tolist() == [0]
    assert found.renamed.tolist() == [True]
    assert found.removed.tolist() == [1]


def test_nothing_has_no_partner() -> None:
    found = pair(frame_table([]), frame_table(["a"]))
    assert len(found) == 0
    assert found.added.tolist() == [0]


def test_what_is_said_otherwise_of_a_frame_is_counted() -> None:
    old = frame_table(["a", "b"])
    seen = np.array(["2026-01-01T00:00", "NaT"], "datetime64[us]")
    new = replace(old, licence=strings(["MIT", "CC0-1.0"]), captured_at=seen, conditions={"lens": strings(["", "wet"])})
    said = {d.column: d.frames for d in described(old, new, pair(old, new))}
    assert said == {"licence": 1, "captured_at": 1, "lens": 1, "lighting": 2}
    assert described(old, old, pair(old, old)) == ()
    assert Described("licence", 1) in described(old, new, pair(old, new))
