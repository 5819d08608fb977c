"""The App in a browser: what a person draws, edits and decides comes home, in one tab or in two; nobody else is asked.

The browser is the machine's own Chromium.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request
from typer.testing import CliRunner

from detection.commands import review
from detection.outside.fiftyone.program import COPY_S
from detection.rules.field.review import home
from detection.rules.field.review.session import Session, shares
from tests import examples_app as app
from tests.examples_review import workspace
from tests.examples_review_tool import Tool

pytestmark = [pytest.mark.slow, pytest.mark.environment, pytest.mark.browser]

HERE = {"localhost", "127.0.0.1", None}
"""Hosts that may be asked; addresses of pictures in memory have none."""


ASK_A_STRANGER = """() => new Promise(told => {
    const tell = ({blockedURI}) => blockedURI.includes('example') && told(blockedURI);
    document.addEventListener('securitypolicyviolation', tell);
    fetch('https://example.invalid/').catch(() => 0);
})"""
"""Gives what the page's policy refused."""


class Traffic:
    """What a browser asked of other hosts and its page's policy did not stop."""

    def __init__(self, browser: BrowserContext) -> None:
        self.left: list[str] = []
        browser.on("request", self._asked)
        browser.on("requestfailed", self._failed)

    def _asked(self, request: Request) -> None:
        if self._foreign(request):
            self.left.append(request.url)

    def _failed(self, request: Request) -> None:
        if self._foreign(request) and "csp" in (request.failure or "").lower():
            self.left.remove(request.url)

    def _foreign(self, request: Request) -> bool:
        return urlsplit(request.url).hostname not in HERE


def test_a_reviewer_draws_edits_deletes_decides_and_closes(
    tool: Tool, made: Session, browser: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way of a person: everything said in the App comes home as it was said, and nothing else."""
    traffic, page = Traffic(browser), browser.new_page()
    page.goto(tool.serve())
    assert page.evaluate(ASK_A_STRANGER) == "https://example.invalid/"
    app.open_frame(page, 0)
    app.draw(page)
    tool.until(lambda said: len(said.answers[0].boxes) == 1)
    app.decide(page, "Accept")
    tool.until(lambda said: said.answers[0].decision == "accept")
    app.go_on(page)
    app.edit(page)
    tool.until(lambda said: len(said.answers[1].boxes) == 1)
    app.decide(page, "Fixed")
    tool.until(lambda said: said.answers[1].decision == "fix")
    for place in (2, 3):
        app.go_on(page)
        app.decide(page, "Accept")
        tool.until(lambda said, place=place: said.answers[place].decision == "accept")  # type: ignore[misc]
    assert traffic.left == []
    tool.stop()
    answers = tool.answers()
    assert answers.complete
    blind, fixed, *rest = home.bring(made, answers, partial=False).brought
    assert (blind.labels, blind.origins) == (("box",), ("added",))
    assert (fixed.origins, fixed.removed) == (("changed",), 1)
    assert fixed.corners[0, 0] == pytest.approx(0.25 * 320)
    assert [one.origins for one in rest] == [("kept", "kept")] * 2
    assert answers == tool.collect()
    _closes(tool, monkeypatch)


def test_of_two_tabs_neither_writes_over_what_the_other_saved(
    tool: Tool, made: Session, browser: BrowserContext
) -> None:
    """The tab that is behind is told to load the page again; what was decided in one may be edited there."""
    address, item = tool.serve(), made.items[1]
    first, second = (_tab(browser, address) for _ in range(2))
    labels = app.annotate(second)
    first.bring_to_front()
    app.decide(first, "Accept")
    app.move(first, app.annotate(first).first, "0.25")
    tool.until(lambda said: said.answers[1].decision == "accept" and said.answers[1].boxes[0].place[0] == 0.25)
    second.bring_to_front()
    app.move(second, labels.nth(1), "0.125")
    second.get_by_text("refresh the page").first.wait_for()
    second.wait_for_timeout(2000 * COPY_S)
    kept = tool.answers().answers[1]
    assert [box.place[0] for box in kept.boxes] == [0.25, pytest.approx(shares(item.predictions[1], item)[0])]
    second.reload()
    app.open_frame(second, 1)
    app.move(second, app.annotate(second).nth(1), "0.125")
    said = tool.until(lambda said: said.answers[1].boxes[1].place[0] == 0.125).answers[1]
    assert (said.decision, said.boxes[0].place[0]) == ("accept", 0.25)


def test_a_panel_that_is_behind_asks_again_before_it_decides(tool: Tool, browser: BrowserContext) -> None:
    address = tool.serve()
    first, second = (_tab(browser, address) for _ in range(2))
    app.show_panel(second)
    first.bring_to_front()
    app.decide(first, "Not sure")
    tool.until(lambda said: said.answers[1].decision == "unsure")
    second.bring_to_front()
    app.press(second, "Fixed")
    second.get_by_text("Decided in another tab meanwhile: Not sure").first.wait_for()
    second.wait_for_timeout(2000 * COPY_S)
    assert tool.answers().answers[1].decision == "unsure"
    app.press(second, "Fixed")
    tool.until(lambda said: said.answers[1].decision == "fix")


def _tab(browser: BrowserContext, address: str) -> Page:
    """A tab in which the second frame is open."""
    tab = browser.new_page()
    tab.goto(address)
    app.open_frame(tab, 1)
    return tab


def _closes(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is closed as people close it: the box drawn blind is the expert's, so all of it comes home."""
    workspace(tool.folder.parent / "workspace", monkeypatch, controls=1)
    line = ["close", str(tool.folder), "--annotator", "reviewer-1"]
    done = CliRunner(env={"COLUMNS": "220"}).invoke(review.app, line, catch_exceptions=False)
    assert "4 frames, 6 boxes by reviewer-1" in done.output
    assert "agreement on 1 blind frames: F1 1.000" in done.output
