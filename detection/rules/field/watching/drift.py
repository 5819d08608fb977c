"""Is the field still the world that was validated? Histograms in, findings out. Knows no files, no clock, no device.

Three things keep an answer honest. Bins are fixed at release, (lower, upper] with open ends and one bin for NaN, so
nothing that was measured can fall outside. The bound of a window is never below what windows of the same size show in
the baseline itself, since frames of one scene are not independent. And a window that is too small says so.

A signal's window is a warning or a breach when its PSI exceeds the spec's bound and its own band, and Jensen-Shannon
exceeds its band too: PSI alone can be carried far by a single count in a bin that was empty before. The MMD of all
signals at once sees what no signal shows alone; it speaks only where the camera's own telemetry taught its band, since
scenes of a release hold other numbers of frames than minutes of the field.
"""

from __future__ import annotations

from collections.abc import Iterator

from detection.rules.field.watching.comparing import Stack, blank, compared, embedded
from detection.rules.field.watching.distances import psi
from detection.rules.field.watching.findings import Findings
from detection.rules.field.watching.incidents import incidents_of
from detection.rules.field.watching.readings import Readings
from detection.rules.field.watching.sheets import Sheet
from detection.rules.field.watching.standings import standings_of
from detection.rules.field.watching.tally import Counts, Tally
from detection.rules.field.watching.yardsticks import Bounds, Yardsticks, yardsticks

__all__ = ["Bounds", "Counts", "Findings", "Tally", "Yardsticks", "psi", "watch", "yardsticks"]


def watch(sticks: Yardsticks, field: Tally, bundle: str = "") -> Findings:
    """Compare every window of every length with its camera's baseline, and say where it has lasted.

    Args:
        sticks: what to compare with, made for the spec's bounds.
        field: what the field sent, any order; stretches no longer than the shortest window.
        bundle: SHA-256 of the manifest that was running; part of an incident's name.
    """
    tables = tuple(_tables(sticks, field))
    incidents = incidents_of(tables, sticks.bounds.chance.witnesses, bundle)
    return Findings(tables, standings_of(tables, incidents), incidents)


def _tables(sticks: Yardsticks, field: Tally) -> Iterator[Readings]:
    if not sticks.sticks or len(field) == 0:
        windows = Sheet.of(field, sticks.slot_s)
        yield from (blank(windows.summed(one.length_s), sticks, one) for one in sticks.bounds.durations)
        return
    stack = Stack.of(sticks)
    windows = embedded(field, sticks, stack)
    until_s = float(field.begins_s.max()) + sticks.slot_s
    for duration in sticks.bounds.durations:
        windows = windows.summed(duration.length_s)
        yield compared(windows, sticks, stack, duration, until_s)
