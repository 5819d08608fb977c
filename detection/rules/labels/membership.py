"""Which values of a column are among others: NumPy's own answer compares every string with every string."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Strings


def among(column: Strings, wanted: Strings) -> NDArray[np.bool_]:
    """``(n,)`` whether each value of ``column`` is one of ``wanted``; time grows with the sum of both."""
    known = frozenset(wanted.tolist())
    return np.fromiter(map(known.__contains__, column.tolist()), np.bool_, len(column))
