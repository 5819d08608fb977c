"""Lists of frame names that people write: a line is a frame's name, with or without its folder and suffix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def listed(names: Iterable[str], wanted: Iterable[str]) -> NDArray[np.bool_]:
    """``(n,)``: one of the forms of a name is among those wanted."""
    known = set(wanted)
    return np.array([not known.isdisjoint(_forms(name)) for name in names], bool)


def unmatched(names: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Lines that name none of ``names``, in their order."""
    known = {form for name in names for form in _forms(name)}
    return [line for line in wanted if line not in known]


def _forms(name: str) -> tuple[str, str, str]:
    last = name.rpartition("/")[2]
    return name, last, last.rpartition(".")[0]
