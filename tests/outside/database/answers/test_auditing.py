"""Whatever was changed by hand is found when the log is read again."""

from __future__ import annotations

import pytest

from benchmarks.registry.tampering import found, lawless
from detection.outside.database.registry import open_registry
from detection.rules.registry.readings import Head
from tests import examples_attacks as attacks
from tests.examples_store import Store


def test_every_change_of_one_cell_or_row_is_found(year_store: Store) -> None:
    """Edits, removals, swaps, cuts: of the log, of its head, of every table that is made from it."""
    if year_store.url.startswith("postgresql"):
        pytest.skip("the log is read by the same code; the benchmark does it on both")
    with lawless(year_store.url) as connection:
        kept = attacks.end_of(connection)
        every = list(attacks.all_of(connection))
        assert [one.name for one in every if not found(connection, one, kept)] == []
        assert len(every) > 400


def test_a_log_that_is_cut_shows_in_the_tables_too(year_store: Store) -> None:
    """Without a head that was kept elsewhere: whatever an entry wrote is still in the tables."""
    with lawless(year_store.url) as connection:
        cut = list(attacks.cuts(connection))[len(list(attacks.cuts(connection))) // 2]
        assert found(connection, cut, None)


def test_a_kept_head_must_be_on_the_way(year_store: Store) -> None:
    """Whoever writes the whole log anew has another digest where somebody kept one."""
    with open_registry(year_store.url) as registry:
        head = registry.head()
        early = registry.entry(5)
        assert registry.fault(head) is None
        assert registry.fault(Head(5, early.digest)) is None
        other, longer = registry.fault(Head(5, "f" * 64)), registry.fault(Head(head.number + 1, "f" * 64))
    assert other is not None
    assert other.number == 5
    assert longer is not None
    assert "was cut" in longer.words


def test_a_live_version_that_does_not_follow_from_the_log_is_not_told(year_store: Store) -> None:
    """`live` checks its own answer against the entry that made it so, without reading the whole log."""
    from detection.outside.database.answers import reading
    from detection.outside.database.faults import RegistryError
    from tests.examples_registry import NOW

    with lawless(year_store.url) as connection:
        for sql in (
            "UPDATE entries SET actor = 'quality-2' WHERE action IN ('promote', 'withdraw')",
            "UPDATE slots SET epoch = 2",
            "UPDATE periods SET reason = 'x'",
        ):
            doing = connection.begin_nested()
            connection.exec_driver_sql(sql)
            with pytest.raises(RegistryError, match="audit --verify"):
                reading.live(connection, None)
            doing.rollback()
        assert reading.live(connection, NOW) == ()
