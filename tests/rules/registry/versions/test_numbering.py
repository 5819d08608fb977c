"""A number is derived: what breaks consumers is major, what is better or wider minor, the rest patch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.registry.registered import Contract, Number, Version
from detection.rules.registry.versions.numbering import breaks, numbered
from tests.examples_registry import COMPARED, CONTRACT, content, version

FIRST = version(1)
NEW = content(2)
FOUR_CLASSES = replace(CONTRACT, classes=(*CONTRACT.classes, "crate"))


def as_major(major: int, contract: Contract, counter: int, minor: int = 0) -> Version:
    return version(counter, number=Number(major, minor, 0), content=content(counter, contract=contract))


def test_the_first_version_is_1_0_0() -> None:
    """The contract of a slot's consumers counts from 1."""
    assert numbered(NEW, (), None, ()) == (Number(1, 0, 0), "the first version of this model")


def test_what_is_better_by_the_comparison_is_minor() -> None:
    number, reason = numbered(NEW, (FIRST,), COMPARED, ())
    assert number == Number(1, 1, 0)
    assert COMPARED.headline in reason


@pytest.mark.parametrize(
    "compared",
    [
        pytest.param(None, id="none at hand"),
        pytest.param(replace(COMPARED, advice="KEEP"), id="it is no better"),
        pytest.param(replace(COMPARED, champion="e" * 64), id="better than something else"),
        pytest.param(replace(COMPARED, challenger="e" * 64), id="something else is better"),
    ],
)
def test_a_retrain_within_noise_is_a_patch(compared: object) -> None:
    number, reason = numbered(NEW, (FIRST,), compared, ())  # type: ignore[arg-type]
    assert number == Number(1, 0, 1)
    assert "nothing shows" in reason


def test_what_covers_more_is_minor() -> None:
    """A target more, a condition more, or what whoever registers it knows of."""
    for wider in (
        numbered(replace(NEW, targets=("cpu-x86", "jetson", "rpi")), (FIRST,), None, ()),
        numbered(replace(NEW, covers=("lighting=dusk",)), (FIRST,), None, ()),
        numbered(NEW, (FIRST,), None, ("a second line",)),
    ):
        assert wider[0] == Number(1, 1, 0)
        assert "wider than 1.0.0: " in wider[1]


def test_what_covers_less_is_no_more_than_a_patch() -> None:
    assert numbered(replace(NEW, targets=("cpu-x86",)), (FIRST,), None, ())[0] == Number(1, 0, 1)


def test_what_breaks_the_contract_is_major_however_good_it_is() -> None:
    number, reason = numbered(replace(NEW, contract=FOUR_CLASSES), (FIRST,), COMPARED, ())
    assert number == Number(2, 0, 0)
    assert "classes are box, bag, tube, crate, were box, bag, tube" in reason


@pytest.mark.parametrize(
    ("after", "broken"),
    [
        pytest.param(CONTRACT, False, id="the same"),
        pytest.param(replace(CONTRACT, inputs=("fp32 f32[1,3,640,640]",)), False, id="other pixels go in"),
        pytest.param(replace(CONTRACT, maximum_detections=50), False, id="fewer detections"),
        pytest.param(replace(CONTRACT, maximum_detections=200), True, id="more detections than there is room for"),
        pytest.param(FOUR_CLASSES, True, id="a class more"),
        pytest.param(replace(CONTRACT, classes=("box", "bag")), True, id="a class less"),
        pytest.param(replace(CONTRACT, classes=("bag", "box", "tube")), True, id="classes in another order"),
        pytest.param(replace(CONTRACT, coordinates="centres"), True, id="other coordinates"),
        pytest.param(replace(CONTRACT, scores="raw"), True, id="other scores"),
        pytest.param(replace(CONTRACT, answer_format=2), True, id="another format"),
    ],
)
def test_what_breaks_whoever_reads_the_answers(after: Contract, broken: bool) -> None:
    assert bool(breaks(CONTRACT, after)) is broken


def test_numbers_follow_the_newest_whatever_the_order_of_registration() -> None:
    """An older bundle may be registered after a newer one: its number is never one that is taken."""
    earlier = tuple(version(one, number=number) for one, number in ((1, Number(1, 10, 0)), (3, Number(1, 9, 5))))
    assert numbered(NEW, earlier, None, ())[0] == Number(1, 10, 1)
    assert numbered(NEW, earlier[::-1], None, ())[0] == Number(1, 10, 1)


def test_a_fix_for_consumers_of_the_old_contract_continues_the_old_major() -> None:
    earlier = (as_major(1, CONTRACT, 1, minor=4), as_major(2, FOUR_CLASSES, 3))
    assert numbered(NEW, earlier, None, ())[0] == Number(1, 4, 1)
    assert numbered(content(4, contract=FOUR_CLASSES), earlier, None, ())[0] == Number(2, 0, 1)
    assert numbered(content(4, contract=replace(CONTRACT, scores="raw")), earlier, None, ())[0] == Number(3, 0, 0)
