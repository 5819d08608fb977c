"""Which number a version gets: derived from what it is, never chosen.

Major: whoever reads the answers would have to change. Minor: it is proven better than one before it, or covers more.
Patch: a retrain within the noise. The rule that applied is kept with the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detection.rules.registry.registered import Content, Contract, Number, Version
from detection.rules.registry.situations import Compared

FIRST = Number(1, 0, 0)


def numbered(
    content: Content, earlier: Sequence[Version], compared: Compared | None, wider: Sequence[str]
) -> tuple[Number, str]:
    """The number of a version that is not registered yet, and the reason of it in words.

    Numbers of one major answer by contracts that their consumers understand. A version that breaks the newest
    contract, but not that of an older major, is a further version of the older one.

    Args:
        content: what is registered.
        earlier: versions of the same model, in any order.
        compared: what the comparison at hand says; counts only if it is of this version with one of ``earlier``.
        wider: in words, what else it covers that those before did not; targets and conditions are seen from
            ``content``.
    """
    newest = {version.number.major: version for version in sorted(earlier, key=lambda one: one.number)}
    if not newest:
        return FIRST, "the first version of this model"
    for major in sorted(newest, reverse=True):
        base = newest[major]
        if not breaks(base.content.contract, content.contract):
            return _within(base, content, _won(content, earlier, compared), wider)
    last = newest[max(newest)]
    broken = "; ".join(breaks(last.content.contract, content.contract))
    return Number(max(newest) + 1, 0, 0), f"major: breaks the contract of {last.number}: {broken}"


def breaks(before: Contract, after: Contract) -> tuple[str, ...]:
    """Why whoever reads the answers of one contract cannot read those of another, in words; empty if they can.

    Fewer detections than before break nobody; one class more does: no consumer has an answer to it. What goes in is
    the runtime's matter, which travels with the model, and breaks no consumer.
    """
    return tuple(_broken(before, after))


def _broken(before: Contract, after: Contract) -> Iterator[str]:
    if before.classes != after.classes:
        yield f"classes are {', '.join(after.classes)}, were {', '.join(before.classes)}"
    if before.coordinates != after.coordinates:
        yield f"coordinates are {after.coordinates}, were {before.coordinates}"
    if before.scores != after.scores:
        yield f"scores are {after.scores}, were {before.scores}"
    if before.maximum_detections < after.maximum_detections:
        yield f"up to {after.maximum_detections} detections a frame, were {before.maximum_detections}"
    if before.answer_format != after.answer_format:
        yield f"answers have format {after.answer_format}, had {before.answer_format}"


def _within(base: Version, content: Content, won: str, wider: Sequence[str]) -> tuple[Number, str]:
    """One more version of the same major."""
    number = base.number
    more = [*wider, *(f"target {one}" for one in content.targets if one not in base.content.targets)]
    more += [one for one in content.covers if one not in base.content.covers]
    if won:
        return Number(number.major, number.minor + 1, 0), f"minor: {won}"
    if more:
        return Number(number.major, number.minor + 1, 0), f"minor: wider than {number}: {', '.join(more)}"
    words = f"patch: nothing shows that it is better or wider than {number}"
    return Number(number.major, number.minor, number.patch + 1), words


def _won(content: Content, earlier: Sequence[Version], compared: Compared | None) -> str:
    if compared is None or compared.challenger != content.digest or compared.advice != "PROMOTE":
        return ""
    champion = next((one for one in earlier if one.content.digest == compared.champion), None)
    return "" if champion is None else f"better than {champion.number} by the comparison: {compared.headline}"
