"""Lists of frame names that people write: a line is a frame's name, with or without its folder and suffix.

Names are compared in one Unicode form: what one system composes another takes apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def listed(names: Iterable[str], wanted: Iterable[str]) -> NDArray[np.bool_]:
    """``(n,)``: one of the forms of a name is among those wanted."""
    known = set(map(_composed, wanted))
    return np.array([not known.isdisjoint(_forms(name)) for name in names], bool)


def beside(names: Iterable[str], wanted: Iterable[str]) -> NDArray[np.bool_]:
    """``(n,)``: a name is that of a file wanted but for folder and suffix, as a label file's is its image's."""
    known = {form for line in wanted for form in _forms(line)} - {""}
    return np.array([not known.isdisjoint(_forms(name)) for name in names], bool)


def unmatched(names: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Lines that name none of ``names``, in their order."""
    known = {form for name in names for form in _forms(name)}
    return [line for line in wanted if _composed(line) not in known]


def _forms(name: str) -> tuple[str, str, str]:
    plain = _composed(name)
    last = plain.rpartition("/")[2]
    return plain, last, last.rpartition(".")[0]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
