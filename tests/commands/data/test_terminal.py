"""Strangers' names cannot steer the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from detection.commands.data.terminal import plain, table
from detection.rules.evidence.tables import Column, count, text


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a.jpg", "a.jpg"), ("\x1b[31mred", "�[31mred"), ("a\nb", "a�b"), ("\u202egpj", "�gpj"), ("ü 雪", "ü 雪")],
    ids=ascii,
)
def test_what_a_terminal_would_obey_is_replaced(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_markup_is_shown_and_not_followed() -> None:
    stream = io.StringIO()
    Console(file=stream, width=80).print(
        table([Column("[b]x[/b]"), Column("n", number=True)], [[text("[/red]"), count(1)]])
    )
    assert "[/red]" in stream.getvalue()
    assert "[b]x[/b]" in stream.getvalue()
