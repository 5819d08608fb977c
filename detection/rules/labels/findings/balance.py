"""Is every class and every condition's value there in numbers that can be learned from, beside the others?"""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.labels.findings.coverage import Coverage
from detection.rules.labels.findings.finding import Finding, of_all
from detection.rules.spec.labels import Labelling

FAIR_PART = 0.1
"""Part of its fair share (as many as the others have on average) below which something is rare."""


def check(coverage: Coverage, labelling: Labelling) -> list[Finding]:
    """What has less than a tenth of its fair share; what is not there at all, coverage says."""
    found = _rare("classes", [(f"class {c.label}", c.objects) for c in coverage.classes], "objects", labelling)
    for condition in dict.fromkeys(c.condition for c in coverage.conditions):
        counted = [
            (f"{condition} {c.value}", c.frames) for c in coverage.conditions if c.condition == condition and c.value
        ]
        found += _rare(f"values of {condition}", counted, "frames", labelling)
    return found


def _rare(among: str, counted: Sequence[tuple[str, int]], what: str, labelling: Labelling) -> list[Finding]:
    fair = sum(number for _, number in counted) / max(1, len(counted))
    return [
        of_all(
            "imbalance",
            labelling,
            f"{name}: {number} {what}, {number / fair:.2f} of its fair share of {fair:.0f} among {len(counted)} "
            f"{among} (at least {FAIR_PART:g}); collect more of it",
        )
        for name, number in counted
        if 0 < number < FAIR_PART * fair
    ]
