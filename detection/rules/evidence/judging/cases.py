"""Must-never-miss and must-never-fire cases for people: one entry a case, whatever the number of variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.rules.judging.gates.lines import Line, Outcome, overall
from detection.rules.judging.scores.rows import EVERY

_DEMANDS = {"never_miss": "Never miss", "never_fire": "Never fire"}


@dataclass(frozen=True, slots=True)
class Case:
    """One named frame, and what every variant made of it.

    Attributes:
        frame: the frame's name.
        metric: ``never_miss`` or ``never_fire``.
        label: class id, or ``every``.
        place: where it looks, as the line says it: four corners in pixels, or ``anywhere``.
        why: the spec's reason.
        said: variant to what it did there.
        verdict: FAIL if any variant violates it.
    """

    frame: str
    metric: str
    label: str
    place: str
    why: str
    said: Mapping[str, str]
    verdict: Outcome

    def demand(self, displays: Mapping[str, str]) -> str:
        """``Never miss: Cardboard box``."""
        subject = "anything" if self.label == EVERY else displays.get(self.label, self.label)
        return f"{_DEMANDS.get(self.metric, self.metric)}: {subject}"

    def outcome(self) -> str:
        """What happened, once if the variants agree, else variant by variant."""
        if len(set(self.said.values())) == 1:
            return next(iter(self.said.values()))
        return "; ".join(f"{variant}: {said}" for variant, said in self.said.items())

    def where(self) -> str:
        """Frame, place and reason: ``a/b.jpg, 187 125 302 247 px: the largest carton``."""
        unit = " px" if self.place != "anywhere" else ""
        return f"{self.frame}, {self.place}{unit}" + (f": {self.why}" if self.why else "")


def cases(lines: Sequence[Line]) -> tuple[Case, ...]:
    """The cases among the lines of the gate, in their order, the variants of each together."""
    found: dict[tuple[str, str, str, str], list[Line]] = {}
    for line in lines:
        if line.kind == "case":
            told = _Told.of(line)
            found.setdefault((told.frame, line.metric, line.label, told.place), []).append(line)
    return tuple(_case(own) for own in found.values())


def _case(lines: Sequence[Line]) -> Case:
    first, told = lines[0], _Told.of(lines[0])
    said = {line.variant: _Told.of(line).said for line in lines}
    verdict = overall(line.verdict for line in lines)
    return Case(told.frame, first.metric, first.label, told.place, told.why, said, verdict)


@dataclass(frozen=True, slots=True)
class _Told:
    """The parts of ``<frame> · <variant> · must find <label> at <place>: <said> (<why>): <verdict>``."""

    frame: str
    place: str
    said: str
    why: str

    @classmethod
    def of(cls, line: Line) -> _Told:
        frame, _, rest = line.sentence.partition(f" · {line.variant} · ")
        demand, _, said = rest.rpartition(": ")[0].partition(": ")
        short, _, why = said.partition(" (")
        place = "anywhere" if demand.endswith(" anywhere") else demand.partition(" at ")[2]
        return cls(frame, place, short, why.removesuffix(")"))
