"""JSON from outside, hostile until checked: one strict reader and one canonical writer. Knows no document.

``json.loads`` alone accepts NaN, 1e999, repeated keys and any depth; here they are faults. Every document that travels
in a bundle is written canonically, so that one value has one spelling and a changed byte cannot hide in white space.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NoReturn, TypeVar

from detection.errors import BundleError

Item = TypeVar("Item")

MAXIMUM_BYTES = 64_000_000
"""No document of a bundle is longer."""


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value: keys sorted, two spaces, UTF-8, NaN refused, a newline at the end."""
    text = json.dumps(value, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return (text + "\n").encode()


def parse(content: bytes, where: str) -> object:
    """Read JSON strictly.

    Args:
        content: the file's bytes.
        where: its name, for the message.

    Raises:
        BundleError: not UTF-8, not JSON, a number that is not finite, a key that stands twice, too long or too deep.
    """
    if len(content) > MAXIMUM_BYTES:
        raise BundleError(f"{where}: {len(content)} bytes; expected at most {MAXIMUM_BYTES}; fetch the bundle again")
    try:
        return json.loads(
            content.decode(),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_without_repeats,
        )
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{where}: is not strict JSON ({error}); fetch the bundle again") from error


def require_canonical(value: object, content: bytes, where: str) -> None:
    """Refuse any other spelling of a value that was parsed from ``content``."""
    try:
        spelled = canonical(value)
    except UnicodeEncodeError:
        fault(where, "text that is UTF-8", "half of a surrogate pair")
    if spelled != content:
        fault(where, "canonical JSON", "the same values spelled otherwise")


class Fields:
    """An object whose keys are known: every key must be there, no other may be.

    Raises:
        BundleError: from every method, with the place of the fault.
    """

    def __init__(self, value: object, where: str, names: Iterable[str]) -> None:
        self.where = where
        self._value = entries(value, where)
        expected = set(names)
        if set(self._value) != expected:
            missing, unknown = sorted(expected - set(self._value)), sorted(set(self._value) - expected)
            fault(where, f"keys {sorted(expected)}", f"missing {missing}, unknown {unknown}")

    def any(self, name: str) -> object:
        """The value itself, still hostile."""
        return self._value[name]

    def text(self, name: str, pattern: str = r"[^\x00-\x1f\x7f\ud800-\udfff]{0,255}") -> str:
        """A string that fully matches ``pattern``."""
        value = self._value[name]
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            fault(f"{self.where}: {name}", f"text that matches {pattern}", value)
        return value

    def whole(self, name: str, lowest: int, highest: int) -> int:
        """A whole number within bounds, both allowed."""
        value = self._value[name]
        if type(value) is not int or not lowest <= value <= highest:
            fault(f"{self.where}: {name}", f"a whole number from {lowest} to {highest}", value)
        return value

    def number(self, name: str, lowest: float, highest: float) -> float:
        """A finite number within bounds, both allowed."""
        return number(self._value[name], f"{self.where}: {name}", lowest, highest)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Finite numbers."""
        return numbers(self._value[name], f"{self.where}: {name}")

    def counts(self, name: str, length: int) -> tuple[int, ...]:
        """So many counts, none below 0."""
        where = f"{self.where}: {name}"
        values = many(self._value[name], where, _count)
        if len(values) != length:
            fault(where, f"{length} counts", f"{len(values)} counts")
        return values

    def many(self, name: str, of: Callable[[object, str], Item]) -> tuple[Item, ...]:
        """A list whose items ``of`` reads."""
        return many(self._value[name], f"{self.where}: {name}", of)


def entries(value: object, where: str) -> Mapping[str, object]:
    """An object with any keys."""
    if not isinstance(value, dict):
        fault(where, "an object", value)
    return value


def many(value: object, where: str, of: Callable[[object, str], Item]) -> tuple[Item, ...]:
    """A list whose items ``of`` reads."""
    if not isinstance(value, list):
        fault(where, "a list", value)
    return tuple(of(item, f"{where}[{i}]") for i, item in enumerate(value))


def _count(value: object, where: str) -> int:
    if type(value) is not int or not 0 <= value <= 2**53:
        fault(where, "a count", value)
    return value


def number(value: object, where: str, lowest: float = -1e12, highest: float = 1e12) -> float:
    """A finite number within bounds, both allowed."""
    if not (type(value) is int or type(value) is float) or not lowest <= value <= highest:
        fault(where, f"a number from {lowest:g} to {highest:g}", value)
    return float(value)


def numbers(value: object, where: str) -> tuple[float, ...]:
    """Finite numbers."""
    return many(value, where, number)


def ascending(values: Sequence[float], where: str) -> Sequence[float]:
    """The values, if each is above the one before it."""
    if not all(low < high for low, high in itertools.pairwise(values)):
        fault(where, "numbers in ascending order", values)
    return values


def fault(where: str, expected: str, got: object) -> NoReturn:
    """Refuse, in the words of every other refusal."""
    shown = repr(got)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    raise BundleError(f"{where}: expected {expected}, got {shown}; fetch the bundle again, or build it anew")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result
