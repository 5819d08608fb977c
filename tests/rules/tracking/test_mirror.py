"""What a mirror of the registry shows, and how it is compared with what it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.registry.readings import Placed
from detection.rules.registry.registered import Content, Contract, Number, Version
from detection.rules.registry.slots import Slot, Stage
from detection.rules.tracking.mirror import Tag, alias_of, differences, mirrored

LINE, TRIAL = Slot("parcels", "line-1", "prod"), Slot("parcels", "line-1", "dev")
CONTENT = Content(
    model="parcels", digest="a" * 64, counter=1, bundle_mb=19.2, bundle_place="export/bundle", verdict="PASS",
    verdict_digest="b" * 64, parity=True, parity_digest="c" * 64, spec_digest="d" * 64, params_digest="e" * 64,
    environment_digest="f" * 64, contract=Contract(("box",), "corners", "calibrated", 100, 1, ()), targets=("cpu-x86",),
    metrics=(), resources=(),
    lineage=Lineage((Digest("x", "1"),), "", (), (), "abc", False, "3.11", "linux", (), 0, 2),
)  # fmt: skip
FIRST = Version(Number(0, 1, 0), "the first", CONTENT, "engineer-1", datetime(2026, 11, 1, tzinfo=UTC))
SECOND = replace(FIRST, number=Number(0, 2, 0), content=replace(CONTENT, digest="9" * 64))
PLACED = (Placed(LINE, "a" * 64, Stage.PRODUCTION), Placed(TRIAL, "9" * 64, Stage.STAGING))


def test_the_live_version_of_a_slot_has_its_alias() -> None:
    first, second = mirrored((SECOND, FIRST), PLACED)
    assert (first.digest[0], first.aliases) == ("a", ("line-1_prod",))
    assert (second.digest[0], second.aliases) == ("9", ())
    assert Tag("stage.line-1_dev", "Staging") in second.tags
    assert Tag("version", "0.1.0") in first.tags


def test_an_alias_is_read_back_without_doubt() -> None:
    """A place may hold an underscore; an environment does not."""
    assert alias_of(Slot("m", "hall_dev", "prod")) != alias_of(Slot("m", "hall", "dev"))
    assert alias_of(Slot("m", "hall_dev", "prod")).rsplit("_", 1) == ["hall_dev", "prod"]


def test_a_deprecation_and_a_retirement_are_shown() -> None:
    old, gone = replace(FIRST, deprecated="misses tubes"), replace(SECOND, retired=True)
    shown = [{tag.name: tag.value for tag in one.tags}["standing"] for one in mirrored((old, gone), ())]
    assert shown == ["deprecated: misses tubes", "retired"]


def test_an_equal_mirror_has_no_differences() -> None:
    wanted = mirrored((FIRST, SECOND), PLACED)
    assert differences(wanted, wanted[::-1]) == ()
    assert differences((), ()) == ()


def test_every_kind_of_difference_is_said() -> None:
    first, second = mirrored((FIRST, SECOND), PLACED)
    assert "is missing" in differences((first, second), (first,))[0]
    assert "is not in the registry" in differences((first,), (first, second))[0]
    moved = replace(first, aliases=())
    assert "aliases ['line-1_prod']" in differences((first,), (moved,))[0]
    edited = replace(first, tags=(*first.tags[:-1], Tag("version", "9.9.9")))
    assert "version" in differences((first,), (edited,))[0]
