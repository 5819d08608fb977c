"""Golden and challenge: drawn while nobody froze them, then what the lists say."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from detection.errors import SplitError
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import frozen, judging
from detection.rules.labels.splits.frozen import FrozenSet, FrozenSets, Wish
from detection.rules.labels.splits.judging import Labelled
from detection.rules.spec.labels import JudgingFrames
from tests.examples_labels import frames, stored
from tests.examples_splits import rule


def _judged(golden: JudgingFrames, challenge: JudgingFrames, lights: str, *lists: FrozenSet) -> dict[str, Any]:
    table = frames([stored(f"{n}{c}") for n, c in enumerate(lights)], {"lighting": list(lights)})
    asked = rule("camera").model_copy(update={"golden": golden, "challenge": challenge})
    verified = np.array([int(name[:-1]) % 2 == 0 for name in table.name])
    sides = strings(["judging"] * len(lights))
    sets = judging.judging_sets(Labelled(table, verified), sides, asked, "1", FrozenSets(*lists))
    return dict(zip(table.name.tolist(), sets.tolist(), strict=True))


def _draw(
    count: int, where: dict[str, list[str]] | None = None, balance: str | None = None, verified: bool = False
) -> JudgingFrames:
    return JudgingFrames(frames=count, where=where or {}, balance_by=balance, verified_only=verified)


def _frozen(*ids: str) -> FrozenSet:
    return frozen.changed("golden", None, Wish("freeze", ids, "why", date(2026, 11, 21)))


def test_golden_is_balanced_over_its_condition() -> None:
    """20 a, 20 b and 2 c, nine wanted: as even as the data allows."""
    chosen = _judged(_draw(9, balance="lighting"), _draw(0), "a" * 20 + "b" * 20 + "c" * 2)
    golden = "".join(sorted(name[-1] for name, where in chosen.items() if where == "golden"))
    assert golden in ("aaaabbbcc", "aaabbbbcc")


def test_challenge_takes_only_its_conditions_from_what_golden_left() -> None:
    """And test is the rest."""
    chosen = _judged(_draw(5), _draw(100, {"lighting": ["b"]}), "a" * 10 + "b" * 10)
    counts = {s: sum(where == s for where in chosen.values()) for s in ("golden", "challenge", "test")}
    assert counts["golden"] == 5
    assert all(name[-1] == "b" for name, where in chosen.items() if where == "challenge")
    assert all(name[-1] == "a" for name, where in chosen.items() if where == "test")
    assert sum(counts.values()) == 20


def test_only_verified_frames_are_golden_where_the_spec_says_so() -> None:
    """A gate on labels that no expert has seen proves little; fewer are drawn where fewer exist."""
    chosen = _judged(_draw(100, verified=True), _draw(0), "a" * 10)
    assert {int(name[:-1]) for name, where in chosen.items() if where == "golden"} == {0, 2, 4, 6, 8}


def test_the_draw_depends_on_the_frames_ids() -> None:
    """A frame that arrives changes the golden set only by taking a place in the order, not by shuffling it."""
    before = _judged(_draw(5), _draw(0), "a" * 10)
    after = _judged(_draw(5), _draw(0), "a" * 11)
    left = {n for n, s in before.items() if s == "golden"} - {n for n, s in after.items() if s == "golden"}
    assert len(left) <= 1


def test_a_frozen_set_is_what_its_list_says_and_the_other_is_drawn_from_the_rest() -> None:
    """However many the spec would draw."""
    table = frames([stored(f"{n}a") for n in range(10)])
    listed = table.id[np.isin(table.name.astype(str), ["1a", "3a"])]
    chosen = _judged(_draw(5), _draw(3), "a" * 10, _frozen(*listed))
    assert {n for n, s in chosen.items() if s == "golden"} == {"1a", "3a"}
    assert sum(s == "challenge" for s in chosen.values()) == 3


def _checked(table: Frames, verified: bool, *ids: str) -> None:
    asked = rule("camera").model_copy(update={"golden": _draw(5, verified=True)})
    judging.checked(Labelled(table, np.full(len(table), verified)), FrozenSets(_frozen(*ids)), asked)


def test_frozen_frames_that_cannot_judge_are_a_refusal_that_names_them() -> None:
    """Gone from the data, or no longer checked by an expert."""
    table = frames([stored("a")])
    _checked(table, True, *table.id)
    with pytest.raises(SplitError, match=r"golden: gone is not among the labelled frames"):
        _checked(table, True, *table.id, "gone")
    with pytest.raises(SplitError, match=r"golden: a \(.*\) has no expert's labels"):
        _checked(table, False, *table.id)
