"""The history survives a torn line."""

from __future__ import annotations

from pathlib import Path

from detection.edge.installation import history
from detection.edge.installation.history import Event
from detection.edge.installation.slots import Root

EVENTS = [Event("2026-11-21T06:00:00+00:00", what, 1, "1" * 64, 'said "so"\nand so') for what in history.EVENTS]


def test_what_is_recorded_is_read(tmp_path: Path) -> None:
    root = Root(tmp_path)
    assert history.read(root) == []
    for event in EVENTS:
        assert history.record(root, event)
    assert history.read(root) == EVENTS


def test_a_line_that_a_power_cut_tore_costs_itself_alone(tmp_path: Path) -> None:
    root = Root(tmp_path)
    for event in EVENTS[:2]:
        history.record(root, event)
    whole = root.history.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole)):
        root.history.write_bytes(whole[:length])
        history.record(root, EVENTS[2])
        assert history.read(root)[0] == EVENTS[0]
        assert history.read(root)[-1] == EVENTS[2]


def test_a_disk_that_refuses_is_told_of_and_stops_nothing(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.history.mkdir()
    assert not history.record(root, EVENTS[0])
