"""The certificate's page says what the certificate says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detection.outside import html
from detection.rules.evidence.labels import split as evidence
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.labels.splits.division import divide
from tests.examples_splits import demand, material, rule, world


def _certificate(lists: dict[str, list[str]] | None = None) -> Certificate:
    hashes = np.random.default_rng(0).integers(0, 2**64, 60, dtype=np.uint64)
    return divide(demand(rule("camera", bits=2)), material(world(20), hashes=hashes), lists).certificate


def test_the_page_has_balance_pairs_and_attack() -> None:
    """And shows what was set aside."""
    certificate = replace(_certificate(), set_aside=21, set_aside_examples=("new-1",))
    pairs = [evidence.side_by_side(pair, ("data:image/jpeg;base64,", "data:")) for pair in certificate.nearest]
    page = evidence.page(certificate, "parcels", {"a": "Apple"}, pairs)
    assert [section.id for section in page.sections] == ["split", "balance", "nearest", "attack"]
    drawn = html.page(page)
    for words in ("class Apple", "lighting dusk", "new-1 and 20 more", "random train frames", "Joined groups"):
        assert words in drawn


def test_a_name_that_is_html_is_shown_as_text() -> None:
    """Frame names are strangers' words."""
    certificate = _certificate()
    hostile = replace(certificate.nearest[0], name="<script>alert(1)</script>")
    drawn = html.page(evidence.page(replace(certificate, nearest=(hostile,)), "x", {}, []))
    assert "<script>alert" not in drawn
    assert "&lt;script&gt;" in drawn


def test_crossings_of_a_split_that_was_brought_are_listed_by_kind() -> None:
    """Camera 0 stands on two sides."""
    lists = {"train": ["0-0", "1-0"], "val": ["2-0"], "test": ["0-1"]}
    drawn = html.page(evidence.page(_certificate(lists), "x", {}, []))
    assert "Crossings found" in drawn
    assert "cam-00" in drawn
