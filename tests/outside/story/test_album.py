"""Months are drawn ahead and come in the order in which they are lived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from datetime import date
from pathlib import Path

import pytest

from detection.outside.story import album, frames
from detection.outside.story.album import AHEAD, Month
from detection.outside.story.frames import Year
from detection.scenes.warehouse import World


def test_months_are_cut_at_the_calendar() -> None:
    parts = list(album.parts(date(2026, 11, 20), 60))
    assert parts == [(date(2026, 11, 20), 11), (date(2026, 12, 1), 31), (date(2027, 1, 1), 18)]


def test_so_many_months_are_begun_before_the_first_is_lived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The last year's follow without a gap: whoever lives never waits at the turn."""
    begun: list[date] = []

    def photograph(pool: object, year: Year, taken: list[object], classes: object, folder: Path) -> list[Path]:
        begun.append(date.fromisoformat(folder.name))
        return [folder]

    monkeypatch.setattr(frames, "takes", lambda year, first, days: [])
    monkeypatch.setattr(frames, "photograph", photograph)
    years = [Year(World(7, 1, 96, 64), (0,), 1, day) for day in (date(2026, 8, 1), None)]
    months = [
        Month(year, first, days, (), tmp_path / first.isoformat())
        for year in years
        for first, days in album.parts(date(2026, 6, 1), 150)
    ]
    shown: Iterator[object] = album.album(Nobody(), months)
    assert next(shown) == [months[0].folder]
    assert len(begun) == AHEAD + 1
    assert list(shown) == [[month.folder] for month in months[1:]]
    assert begun == [month.first for month in months]


class Nobody(Executor):
    """Draws nothing: the pictures are stood in for."""

    def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]
        raise AssertionError(fn)
