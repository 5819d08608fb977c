"""The recount finds what a bad split would hide."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.splits import certificate as leakage
from detection.rules.spec.labels import JudgingFrames, MinimumGroups, Split
from tests.examples_labels import frames, stored

NONE = JudgingFrames(frames=0, where={}, balance_by=None, verified_only=False)


def test_a_key_on_two_sides_is_named() -> None:
    """A planted leak."""
    table = frames([stored("a", "1", "x"), stored("b", "1", "y"), stored("c", "2", "z")])
    side_of = strings([{"a": "train", "b": "judging", "c": "val"}[name] for name in table.name])
    assert leakage.crossings(table, side_of, ["camera", "scene"], None) == ["camera '1' stands in judging and train"]


@pytest.mark.parametrize(("window", "found"), [(4.9, 0), (5.0, 1), (None, 0)])
def test_parted_neighbours_are_named_with_their_distance(window: float | None, found: int) -> None:
    """The window is closed: exactly as far apart still belongs together."""
    table = frames([stored("a", second=10), stored("b", second=15), stored("q", "other", second=11)])
    side_of = strings([{"a": "train", "b": "val", "q": "judging"}[name] for name in table.name])
    lines = leakage.crossings(table, side_of, [], window)
    assert lines == ["a (train) and b (val) are 5 s apart"] * found


def test_the_same_image_on_two_sides_is_named() -> None:
    """Under two names, as in exports of exports."""
    table = frames([stored("a")])
    both = table.take(np.array([0, 0]))
    assert len(leakage.crossings(both, strings(["train", "judging"]), [], None)) == 1


def test_golden_challenge_and_test_are_one_side() -> None:
    """Judging sets may share a camera: nothing is learnt from any of them."""
    assert leakage.SIDE_OF["golden"] == leakage.SIDE_OF["challenge"] == leakage.SIDE_OF["test"]


def _certificate(found: tuple[str, ...], official: bool) -> leakage.Certificate:
    table = frames([stored("a", "1"), stored("b", "2"), stored("c", "2")], {"lighting": ["dim", "dim", "dusk"]})
    split_of = strings([{"a": "train", "b": "golden", "c": "test"}[name] for name in table.name])
    sets = leakage.Sets(table, split_of, table.camera, np.array([name == "b" for name in table.name]))
    least = MinimumGroups(train=1, val=1, test=1)
    rule = Split(
        keys=["camera"],
        time_window_s=10,
        near_duplicate_bits=None,
        attack_advantage_maximum=None,
        minimum_groups=least,
        golden=NONE,
        challenge=NONE,
    )
    return leakage.certify(sets, rule, "1", leakage.Audit(official, 0, found))


def test_a_certificate_counts_every_set() -> None:
    """Frames, groups, verified frames and conditions; the digest is over the sorted ids."""
    certificate = _certificate((), False)
    golden = next(s for s in certificate.sets if s.set == "golden")
    assert (golden.frames, golden.groups, golden.verified) == (1, 1, 1)
    assert [(c.condition, c.value, c.frames) for c in golden.conditions] == [("lighting", "dim", 1)]
    assert certificate.groups_of_side == {"judging": 1, "train": 1, "val": 0}
    assert len({s.digest for s in certificate.sets if s.frames}) == 3
    assert certificate.statement.startswith("no camera or pair of neighbours within 10 s stands on more than one of")


def test_an_official_split_with_crossings_says_so_in_its_statement() -> None:
    """An audited split is not certified clean because it is famous."""
    certificate = _certificate(("x", "y"), True)
    assert certificate.crossings == 2
    assert certificate.statement.startswith("the split was brought, not drawn: 2 times")
