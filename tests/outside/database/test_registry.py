"""The registry as its users see it, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from detection.outside.database.faults import RegistryError
from detection.outside.database.registry import open_registry
from detection.rules.registry.plans import Plan, Refused, StageChange
from detection.rules.registry.registered import Number
from detection.rules.registry.slots import Stage
from tests.examples_registry import MODEL, NOW, SLOT, content, digest_of
from tests.examples_store import Desk, Store, done, elsewhere, one_more, willing, year


def why(judged: object) -> list[str]:
    """The codes of a refusal."""
    assert isinstance(judged, Refused), judged
    return [one.why for one in judged.refusals]


def test_a_version_is_in_development_everywhere_from_its_registration_on(desk: Desk) -> None:
    """Registering asks nobody, so it brings a version nowhere."""
    desk.register(1)
    assert desk.registry.stage_of(SLOT, digest_of(1)) is Stage.DEVELOPMENT
    assert desk.registry.stage_of(SLOT, digest_of(2)) is Stage.NONE
    assert desk.registry.live() == ()


def test_a_version_is_registered_once(desk: Desk) -> None:
    """`dvc repro` registers at its end each time; the same bundle is the same version."""
    first = desk.registry.register(content(1), "pipeline", one_more, desk.now())
    again = desk.registry.register(content(1, tags=("later",)), "pipeline", one_more, desk.now())
    assert again == first
    assert desk.registry.head().number == 2
    assert desk.registry.versions(MODEL) == (first,)


def test_two_versions_never_share_a_number(desk: Desk) -> None:
    """A number that names two things names none."""
    desk.register(1)
    with pytest.raises(RegistryError, match="is another version already"):
        desk.registry.register(content(2), "pipeline", lambda _: (Number(1, 0, 0), "the same"), desk.now())
    assert len(desk.registry.versions()) == 1


def test_a_promotion_archives_what_was_live_in_the_same_moment(desk: Desk) -> None:
    """Superseding is no second step that may be forgotten."""
    desk.register(1, 2)
    done(desk.promote(1))
    done(desk.promote(2))
    assert desk.live() == digest_of(2)
    assert [one.stage for one in desk.registry.stages(SLOT)] == [Stage.ARCHIVED, Stage.PRODUCTION]
    changes = [e for e in desk.registry.entries() if e.action in {"stage", "promote", "supersede"}]
    assert [e.action for e in changes] == ["stage", "promote", "stage", "supersede", "promote"]
    assert changes[-1].at == changes[-2].at


def test_slots_do_not_know_of_each_other(desk: Desk) -> None:
    """What is live on one line says nothing of another."""
    desk.register(1, 2)
    done(desk.promote(1))
    done(desk.carry_out(desk.order("promote", 2, slot=elsewhere("dev"))))
    assert (desk.live(), desk.live(elsewhere("dev"))) == (digest_of(1), digest_of(2))
    assert desk.registry.slots() == (elsewhere("dev"), SLOT)


def test_history_tells_each_period_and_pages_backwards(desk: Desk) -> None:
    """Who was live when, and why, however long ago."""
    year(desk)
    periods = desk.registry.history(SLOT)
    assert [(one.epoch, one.action, one.version_digest[:2]) for one in periods] == [
        (4, "withdraw", ""), (3, "rollback", "01"), (2, "promote", "02"), (1, "promote", "01"),
    ]  # fmt: skip
    assert periods[1].reason == "frames fail"
    assert desk.registry.history(SLOT, 2, before_epoch=3) == periods[2:]


def test_what_was_live_at_a_moment_is_told(desk: Desk) -> None:
    """`detection registry live --at DATE`."""
    desk.register(1, 2)
    done(desk.promote(1))
    before = desk.at
    done(desk.promote(2))
    assert [one.version.content.digest for one in desk.registry.live(before)] == [digest_of(1)]
    assert [one.version.content.digest for one in desk.registry.live(desk.at)] == [digest_of(2)]
    assert desk.registry.live(NOW) == ()


def test_after_a_withdrawal_nothing_is_live(desk: Desk) -> None:
    """An empty slot is an answer, not a fault."""
    year(desk)
    assert desk.registry.live() == ()
    assert desk.registry.situation(SLOT, "").live is None


def test_an_order_for_another_epoch_is_refused_whatever_its_judge_says(desk: Desk) -> None:
    """Compare-and-swap is the store's own promise: of two who looked at the same state one is told to look again."""
    desk.register(1, 2)
    late = desk.order("promote", 2)
    done(desk.promote(1))
    plan = Plan((StageChange(digest_of(2), Stage.DEVELOPMENT, Stage.STAGING, "x"),))
    assert why(desk.registry.carry_out(late, willing(plan), desk.now())) == ["slot-moved-on"]
    assert desk.registry.stage_of(SLOT, digest_of(2)) is Stage.DEVELOPMENT


def test_a_plan_for_another_stage_is_refused(desk: Desk) -> None:
    """A judge that saw something else must not win over what is there."""
    desk.register(1)
    plan = Plan((StageChange(digest_of(1), Stage.STAGING, Stage.PRODUCTION, "x"),), True, digest_of(1))
    before = desk.registry.head()
    assert why(desk.registry.carry_out(desk.order("promote", 1), willing(plan), desk.now())) == ["wrong-stage"]
    assert desk.registry.head() == before


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(()), id="no change"),
        pytest.param(Plan((StageChange(digest_of(1), Stage.DEVELOPMENT, Stage.PRODUCTION, ""),)), id="silent period"),
        pytest.param(Plan((StageChange(digest_of(1), Stage.DEVELOPMENT, Stage.STAGING, ""),), True, digest_of(1)),
                     id="period without production"),
    ],
)  # fmt: skip
def test_a_plan_that_contradicts_itself_writes_nothing(desk: Desk, plan: Plan) -> None:
    """Tables and log would part for good."""
    desk.register(1)
    before = desk.registry.head()
    with pytest.raises(RegistryError, match="the plan"):
        desk.registry.carry_out(desk.order("promote", 1), willing(plan), desk.now())
    assert desk.registry.head() == before


def test_two_versions_in_production_cannot_be_written(desk: Desk) -> None:
    """Even a plan that forgets to archive: the index refuses, and nothing of it stays."""
    desk.register(1, 2)
    done(desk.promote(1))
    plan = Plan((StageChange(digest_of(2), Stage.DEVELOPMENT, Stage.PRODUCTION, ""),), True, digest_of(2))
    before = desk.registry.head()
    with pytest.raises(RegistryError, match="laws"):
        desk.registry.carry_out(desk.order("promote", 2), willing(plan), desk.now())
    assert desk.registry.head() == before
    assert desk.live() == digest_of(1)


def test_a_nonce_is_used_once(desk: Desk) -> None:
    """An approval brings a version to Production once; the next time somebody has to look again."""
    desk.register(1, 2)
    done(desk.promote(1))
    nonce = desk.registry.situation(SLOT, digest_of(1)).nonces[0]
    assert desk.registry.entry(nonce.used_by_entry).action == "promote"
    assert desk.registry.give_nonce(SLOT, digest_of(1), "quality-1", desk.now()) != nonce.nonce


def test_a_free_nonce_is_given_again(desk: Desk) -> None:
    """All approvers of one candidacy sign the same."""
    desk.register(1)
    first = desk.registry.give_nonce(SLOT, digest_of(1), "quality-1", desk.now())
    assert desk.registry.give_nonce(SLOT, digest_of(1), "quality-2", desk.now()) == first
    with pytest.raises(RegistryError, match="is not registered"):
        desk.registry.give_nonce(SLOT, digest_of(2), "quality-1", desk.now())


def test_approvals_are_given_back_as_they_were_signed(desk: Desk) -> None:
    """A signature over something a little different is none."""
    from detection.rules.registry.signatures import approvals

    desk.register(1)
    assert desk.approve(1) == ()
    kept = desk.registry.approvals(SLOT, digest_of(1))
    assert [approvals.is_sound(one) for one in kept] == [True]


def test_deprecated_and_retired_versions_say_so(desk: Desk) -> None:
    """With reason and end of life, everywhere at once."""
    year(desk)
    found = desk.registry.version(digest_of(3))
    assert (found.deprecated, found.end_of_life, found.retired) == ("never liked", "2027-01-01", True)


def test_an_intent_is_begun_and_finished_once(desk: Desk) -> None:
    """Two executors with the same evidence: one acts."""
    registry = desk.registry
    assert registry.begin_intent("k", "{}", desk.now())
    assert not registry.begin_intent("k", "{}", desk.now())
    assert [one.key for one in registry.open_intents()] == ["k"]
    registry.finish_intent("k", "went back", desk.now())
    registry.finish_intent("k", "went back twice", desk.now())
    kept = registry.intent("k")
    assert registry.open_intents() == ()
    assert kept is not None
    assert kept.outcome == "went back"
    with pytest.raises(RegistryError, match="nothing was meant"):
        registry.finish_intent("other", "done", desk.now())


def test_entries_of_a_span_are_told(desk: Desk) -> None:
    """`audit --from --to`: from the first moment to before the last."""
    desk.register(1, 2, 3)
    found = desk.registry.entries_between(NOW + timedelta(seconds=2), NOW + timedelta(seconds=3))
    assert [one.version for one in found] == [digest_of(2)]
    assert [one.number for one in desk.registry.entries(2, 3)] == [2, 3]


def test_a_clock_that_was_set_back_is_refused(desk: Desk) -> None:
    """Entries in another order than that of their moments would make the log a story."""
    desk.register(1)
    with pytest.raises(RegistryError, match="set the clock"):
        desk.registry.register(content(2), "pipeline", one_more, desk.at - timedelta(seconds=61))
    order, refused = desk.order("promote", 1), desk.at - timedelta(seconds=61)
    assert why(desk.registry.carry_out(order, willing(Plan(())), refused)) == ["clock-set-back"]


def test_a_clock_a_little_behind_gets_the_moment_of_the_last_entry(desk: Desk) -> None:
    """Two machines are never quite of one mind; the log is."""
    desk.register(1)
    found = desk.registry.register(content(2), "pipeline", one_more, desk.at - timedelta(seconds=30))
    assert found.registered_at == desk.at


def test_the_registry_is_the_same_when_it_is_opened_again(year_store: Store) -> None:
    """Nothing lives in a process."""
    with open_registry(year_store.url) as one, open_registry(year_store.url) as other:
        assert (one.id, one.head(), one.history(SLOT)) == (other.id, other.head(), other.history(SLOT))
        assert one.fault() is None


def test_texts_that_no_database_takes_are_refused(desk: Desk) -> None:
    """NUL and half characters: one line, and nothing written."""
    for words in ("a\0b", "a\ud800b"):
        with pytest.raises(RegistryError, match="cannot be kept"):
            desk.registry.begin_intent("k", words, desk.now())
    assert desk.registry.head().number == 1


def test_a_note_changes_no_table(desk: Desk) -> None:
    """Exports and looks at triggers are kept too; nothing else goes by this way."""
    entry = desk.registry.note("export", "quality-1", SLOT, "", '{"b": 1, "a": "ä"}', desk.now())
    assert entry.payload == '{"a":"\\u00e4","b":1}'
    with pytest.raises(RegistryError, match="is no note"):
        desk.registry.note("promote", "quality-1", SLOT, "", "{}", desk.now())
    with pytest.raises(RegistryError, match="is no JSON"):
        desk.registry.note("export", "quality-1", SLOT, "", "{", desk.now())
