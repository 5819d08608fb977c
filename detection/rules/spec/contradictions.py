"""What no field of the specification can see alone: names that are used and not declared, bounds that bound nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from detection.rules.document import Contradiction
from detection.rules.spec.judging import COUNTED_BY_BOX, LOWER_IS_BETTER, SIZE, SIZES

if TYPE_CHECKING:
    from detection.rules.spec.spec import Spec

Place = tuple[str | int, ...]
"""Keys and positions that lead to a value of the document."""

EVERY = "every"


def of(spec: Spec) -> list[Contradiction]:
    """All of them, in the order of the document."""
    return [
        *_repeated(("classes",), spec.class_ids()),
        *_repeated(("conditions",), [c.id for c in spec.conditions]),
        *_conditions(spec),
        *_grouping(spec),
        *_labels(spec),
        *_slices(spec),
        *_bounds(spec),
        *_sizes(spec),
        *_windows(spec),
    ]


def _repeated(place: Place, names: Sequence[str]) -> Iterator[Contradiction]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Contradiction((*place, index), f"{name!r} is declared twice; rename or remove one")


def _grouping(spec: Spec) -> Iterator[Contradiction]:
    rule = spec.split
    if not rule.keys and rule.time_window_s is None and rule.near_duplicate_bits is None:
        words = "is empty and neither window nor radius is given; say what belongs together"
        yield Contradiction(("split", "keys"), words)


def _labels(spec: Spec) -> Iterator[Contradiction]:
    known = [EVERY, *spec.class_ids()]
    named: dict[Place, str] = {
        **{("operating_points", i): point.label for i, point in enumerate(spec.operating_points)},
        **{("acceptance", "criteria", i): c.label for i, c in enumerate(spec.acceptance.criteria)},
        **{("acceptance", "subgroups", i): s.label for i, s in enumerate(spec.acceptance.subgroups)},
        **{("acceptance", "cases", "never_fire", i): c.label for i, c in enumerate(spec.acceptance.cases.never_fire)},
        **{("monitoring", "objectives", i): o.label for i, o in enumerate(spec.monitoring.objectives)},
    }
    for place, label in named.items():
        if label not in known:
            words = f"no class {label!r}; expected one of {', '.join(known)}"
            yield Contradiction((*place, "label"), words)
    for i, case in enumerate(spec.acceptance.cases.never_miss):
        if case.label not in spec.class_ids():
            words = f"no class {case.label!r}; expected one of {', '.join(spec.class_ids())}"
            yield Contradiction(("acceptance", "cases", "never_miss", i, "label"), words)
    if all(point.label != EVERY for point in spec.operating_points):
        for missing in sorted(set(spec.class_ids()) - {point.label for point in spec.operating_points}):
            words = f"says nothing of class {missing!r}; add an entry for it or for every"
            yield Contradiction(("operating_points",), words)


def _conditions(spec: Spec) -> Iterator[Contradiction]:
    known = {c.id for c in spec.conditions}
    if SIZE in known:
        yield Contradiction(("conditions",), f"{SIZE!r} is what an object's size is called; give the condition a name")
    named: list[tuple[Place, str | None]] = [
        (("split", "golden", "balance_by"), spec.split.golden.balance_by),
        (("split", "challenge", "balance_by"), spec.split.challenge.balance_by),
        *(((*("operating_points", i), "by"), point.by) for i, point in enumerate(spec.operating_points)),
        *(((*("acceptance", "subgroups", i), "by"), group.by) for i, group in enumerate(spec.acceptance.subgroups)),
        *((("judging", "crossings", i), name) for i, names in enumerate(spec.judging.crossings) for name in names),
        *(
            (("coverage", "crossings", i, "of"), name)
            for i, crossing in enumerate(spec.coverage.crossings)
            for name in crossing.of
            if name != "class"
        ),
    ]
    for place, name in named:
        if name is not None and name not in known:
            yield Contradiction(place, f"no condition {name!r}; declare it")


def _slices(spec: Spec) -> Iterator[Contradiction]:
    declared = {c.id: list(c.values) for c in spec.conditions}
    for i, criterion in enumerate(spec.acceptance.criteria):
        yield from _undeclared(("acceptance", "criteria", i, "where"), criterion.where, {**declared, SIZE: list(SIZES)})
    for name in ("golden", "challenge"):
        yield from _undeclared(("split", name, "where"), getattr(spec.split, name).where, declared)


def _undeclared(
    place: Place, where: Mapping[str, Sequence[str]], declared: Mapping[str, Sequence[str]]
) -> Iterator[Contradiction]:
    for condition, values in where.items():
        for value in values:
            if value not in declared.get(condition, ()):
                words = f"condition {condition!r} has no value {value!r}; declare it"
                yield Contradiction((*place, condition), words)


def _bounds(spec: Spec) -> Iterator[Contradiction]:
    for i, criterion in enumerate(spec.acceptance.criteria):
        wanted = "at_most" if criterion.metric in LOWER_IS_BETTER else "at_least"
        given = [name for name in ("at_least", "at_most") if getattr(criterion, name) is not None]
        if SIZE in criterion.where and criterion.metric not in COUNTED_BY_BOX:
            words = f"{criterion.metric} has no slice by {SIZE}; take precision or recall"
            yield Contradiction(("acceptance", "criteria", i, "where"), words)
        if given != [wanted]:
            words = f"{criterion.metric} is bounded by {wanted} alone; got {' and '.join(given) or 'no bound'}"
            yield Contradiction(("acceptance", "criteria", i), words)


def _sizes(spec: Spec) -> Iterator[Contradiction]:
    steps = (spec.judging.iou - 0.5) / 0.05
    if not -1e-9 <= steps < 9.5 or abs(steps - round(steps)) > 1e-6:
        words = f"must be one of COCO's overlaps, 0.5, 0.55 ... 0.95; got {spec.judging.iou:g}"
        yield Contradiction(("judging", "iou"), words)
    sizes = spec.judging.sizes
    if sizes.large_from_px <= sizes.small_below_px:
        words = f"must be above small_below_px, {sizes.small_below_px:g}; got {sizes.large_from_px:g}"
        yield Contradiction(("judging", "sizes", "large_from_px"), words)


def _windows(spec: Spec) -> Iterator[Contradiction]:
    watched = spec.monitoring
    yield from _repeated(("monitoring", "windows"), [window.name for window in watched.windows])
    for i, window in enumerate(watched.windows):
        if window.breaches > window.of:
            words = f"{window.breaches} of the last {window.of} windows can never be above the bound; raise 'of'"
            yield Contradiction(("monitoring", "windows", i, "breaches"), words)
        shorter = watched.windows[i - 1].length_s if i else window.length_s / 2
        if window.length_s <= shorter or window.length_s % shorter:
            words = f"{window.length_s:g} s is no multiple of the window before it, {shorter:g} s; windows add up"
            yield Contradiction(("monitoring", "windows", i, "length_s"), words)
    if watched.psi_warning > watched.psi_alarm:
        yield Contradiction(("monitoring", "psi_warning"), "is above psi_alarm; a warning comes before an alarm")
    if not any(watched.trust.model_dump().values()):
        yield Contradiction(("monitoring", "trust"), "every weight is 0; nothing would make the score")
