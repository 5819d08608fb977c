"""The short form of ``make faults`` for bundles: nothing that was changed is accepted."""

from __future__ import annotations

import pytest

from benchmarks.faults import bundle
from benchmarks.faults.claims import ACCEPTED, REFUSED


@pytest.mark.slow
def test_no_change_of_a_signed_bundle_is_accepted() -> None:
    planted = list(bundle.faults(short=True))
    assert [fault for fault in planted if not fault.survived] == []
    assert sum(fault.expected == REFUSED for fault in planted) > 900
    assert sum(fault.expected == ACCEPTED for fault in planted) == 10, "the whole bundle is accepted between the faults"
