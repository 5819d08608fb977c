"""Which version a slot goes back to when nobody names one."""

from __future__ import annotations

import pytest

from detection.rules.registry.returns.destination import previous
from tests.examples_registry import digest_of, period


@pytest.mark.parametrize(
    ("story", "back_to"),
    [
        pytest.param("", None, id="nothing was ever live"),
        pytest.param("p1", None, id="the first version"),
        pytest.param("p1 p2", 1, id="the one before"),
        pytest.param("p1 p2 r1", None, id="after going back there is no further back"),
        pytest.param("p1 p2 p3 r2", 1, id="never forward again to what one went back from"),
        pytest.param("p1 p2 p3 r2 r1", None, id="twice back"),
        pytest.param("p1 p2 r1 p3", 1, id="a promotion after going back"),
        pytest.param("p1 w0", 1, id="what was withdrawn"),
        pytest.param("p1 p2 w0", 2, id="of two, what was withdrawn"),
        pytest.param("p1 p2 w0 r2", 1, id="after it came back, the one before"),
        pytest.param("p1 w0 p2", 1, id="a promotion after a withdrawal"),
        pytest.param("p2 p3 r1", 3, id="back to something that the history at hand no longer shows"),
    ],
)
def test_a_return_undoes_what_it_returned_from(story: str, back_to: int | None) -> None:
    words = {"p": "promote", "r": "rollback", "w": "withdraw"}
    steps = enumerate(story.split(), 1)
    history = [period(epoch, int(step[1]), action=words[step[0]]) for epoch, step in steps]
    assert previous(history[::-1]) == (None if back_to is None else digest_of(back_to))
