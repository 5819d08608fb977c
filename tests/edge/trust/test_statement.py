"""What a signer states: complete, in one spelling, with a last day that is one."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from detection.edge import checked
from detection.edge.trust.statement import Statement, statement_of
from detection.errors import BundleError
from tests.examples_bundles import write_colour_bundle

STATEMENT = Statement("colours", 3, "1" * 64, "2" * 64, "3" * 64, "2027-06-30")


@pytest.mark.parametrize("expires", ["2027-06-30", None])
def test_it_comes_back_the_same(expires: str | None) -> None:
    statement = replace(STATEMENT, expires=expires)
    assert Statement.from_bytes(statement.to_bytes()) == statement


def test_it_names_what_an_installer_runs(tmp_path: Path) -> None:
    bundle = write_colour_bundle(tmp_path / "bundle", counter=7)
    stated = statement_of(bundle.manifest)
    assert stated == Statement(
        "colours", 7, bundle.digest, bundle.manifest.entry("runtime.pyz").sha256,
        bundle.manifest.entry("requirements.txt").sha256, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("today", "over"), [("2027-06-29", False), ("2027-06-30", False), ("2027-07-01", True), ("2031-01-01", True)]
)
def test_the_last_day_still_counts(today: str, over: bool) -> None:
    assert STATEMENT.expired(datetime.date.fromisoformat(today)) is over


def test_without_a_last_day_it_never_expires() -> None:
    assert not replace(STATEMENT, expires=None).expired(datetime.date.max)


@pytest.mark.parametrize("expires", ["2027-02-29", "20270630", "2027-6-30", "2027-W26-3", "tomorrow", "", 20270630])
def test_a_last_day_that_is_none_is_refused(expires: object) -> None:
    value = json.loads(STATEMENT.to_bytes()) | {"expires": expires}
    with pytest.raises(BundleError, match="expires"):
        Statement.from_bytes(checked.canonical(value))


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"counter": -1}, {"counter": True}, {"name": "No Name"}, {"manifest_sha256": "1"}, {"more": 1}],
    ids=str,
)
def test_a_field_out_of_bounds_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BundleError, match=r"bundle\.sig: payload"):
        Statement.from_bytes(checked.canonical(json.loads(STATEMENT.to_bytes()) | change))


def test_another_spelling_is_refused() -> None:
    with pytest.raises(BundleError, match="canonical"):
        Statement.from_bytes(STATEMENT.to_bytes() + b" ")
