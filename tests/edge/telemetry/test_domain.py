"""``domain.json``: read strictly, written so that it comes back the same."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from detection.edge import checked
from detection.edge.telemetry.domain import Domain
from detection.errors import BundleError
from tests.examples_bundles import DOMAIN

STRICT = replace(DOMAIN, sizes=frozenset({(320, 256), (64, 48)}), cameras=frozenset({"a", "b"}))


@pytest.mark.parametrize("domain", [DOMAIN, STRICT], ids=["anything goes", "strict"])
def test_it_comes_back_the_same(domain: Domain) -> None:
    content = checked.canonical(domain.to_json())
    assert Domain.from_json(checked.parse(content, "domain.json")) == domain


HARMS: dict[str, tuple[Any, ...]] = {
    "newer": ("format", 2),
    "an unknown range": ("ranges", "hue", [0, 1]),
    "a range upside down": ("ranges", "brightness", [9, 1]),
    "half a range": ("ranges", "brightness", [9]),
    "a size of nothing": ("sizes", [[0, 5]]),
    "half a size": ("sizes", [[5]]),
    "a camera that is no name": ("cameras", [7]),
    "an unknown mode": ("modes", "out_of_domain", "shout"),
    "a limit that is none": ("limits", "frozen_s", "long"),
    "a similarity above 1": ("limits", "moved_similarity", 1.5),
    "one key too many": ("x", 1),
}


@pytest.mark.parametrize("name", HARMS)
def test_any_fault_is_refused_with_its_place(name: str) -> None:
    value: Any = copy.deepcopy(STRICT.to_json())
    *path, last, new = HARMS[name]
    inner = value
    for key in path:
        inner = inner[key]
    inner[last] = new
    with pytest.raises(BundleError, match=r"domain\.json"):
        Domain.from_json(value)
