"""How programs end: a message and a status for what the reader can mend, a traceback for our own faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detection.errors import DetectionError, DocumentError, GateRefusalError, SourceError
from detection.outside import exits


def raising(error: BaseException) -> Callable[[], None]:
    def main() -> None:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (DetectionError("no camera; bring one"), exits.FAULT, "error: no camera; bring one"),
        (DocumentError("2 faults", ["a.yaml:1: x", "a.yaml:2: y"]), exits.FAULT, "a.yaml:2: y"),
        (GateRefusalError("1 line failed"), exits.REFUSED, "refused: 1 line failed"),
        (KeyboardInterrupt(), exits.STOPPED, "stopped: "),
    ],
)
def test_every_end_has_its_status_and_its_line(
    error: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exits.status_of(raising(error)) == status
    assert said in capsys.readouterr().err


def test_a_good_end_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert exits.status_of(lambda: None) == 0
    assert capsys.readouterr().err == ""


def test_a_broken_promise_of_our_own_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        exits.status_of(raising(ZeroDivisionError()))


def test_a_strangers_name_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences in a label file's names could overwrite what was printed before."""

    def refuse() -> None:
        raise SourceError("x\x1b[2Jy", ["\x9bz \u202e é"])

    assert exits.status_of(refuse) == 1
    assert capsys.readouterr().err == "error: x\\x1b[2Jy\n  \\x9bz \\u202e é\n"
