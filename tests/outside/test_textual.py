"""The screen answers at once to what is changed on it, and agrees with the rules."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from detection.outside.textual import Explorer, calendar, printed, told
from detection.rules.field.retrain.deciding import decide
from detection.rules.field.retrain.decision import Action
from detection.rules.field.retrain.exploring import Situation, evidence_of, year
from tests.examples_decisions import POLICY


def on_screen(act: Callable[[Explorer, Pilot[None]], Awaitable[None]]) -> None:
    async def played() -> None:
        app = Explorer(POLICY)
        async with app.run_test(size=(90, 24)) as pilot:
            await pilot.pause()
            await act(app, pilot)

    asyncio.run(played())


def said(app: Explorer, place: str) -> str:
    return str(app.query_one(place, Static).render())


@pytest.mark.slow
def test_a_change_is_answered_at_once_and_can_be_taken_back() -> None:
    """Of the world, of a number, of the policy; then everything as it was."""

    async def act(app: Explorer, pilot: Pilot[None]) -> None:
        assert said(app, "#now").startswith("keep")
        app.query_one("#drift", Select).value = "alarm"
        await pilot.pause()
        assert said(app, "#now").startswith("propose-retraining")
        app.query_one("#since_proposal_days", Input).value = "5"
        app.query_one("#cooldown_days", Input).value = ""
        await pilot.pause()
        assert "5.0 days old (cooldown 14)" in said(app, "#now")
        app.query_one("#drift_triggers", Select).value = "no"
        await pilot.pause()
        assert said(app, "#now").startswith("sample")
        await pilot.press("ctrl+r")
        await pilot.pause()
        await pilot.pause()
        assert (app.policy, app.situation) == (POLICY, Situation())
        assert said(app, "#now").startswith("keep")

    on_screen(act)


def test_words_of_the_evidence_are_no_markup() -> None:
    decision = decide(evidence_of(Situation(drift="alarm")), POLICY, ())
    assert decision.action is Action.PROPOSE
    assert "\\[" not in told(decision)
    assert calendar(year(evidence_of(Situation()), POLICY, ())).count("·") >= 150


def test_without_a_screen_a_year_of_each_trigger_is_printed() -> None:
    text = printed(POLICY)
    assert "staleness_days         180" in text
    assert "day   0: propose-retraining for 1 d (drift)" in text
    assert "[" not in text
