"""Pages in a browser: nothing that data says runs or loads, and every screen shows all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from detection.rules.judging.gates.lines import Outcome
from tests.examples_pages import HOSTILE, detailed, made

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def _opened(browser: Browser, folder: Path, text: str, width: int = 1280) -> Page:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(path.as_uri())
    return tab


def test_a_script_in_a_class_name_never_runs(browser: Browser, tmp_path: Path, hostile: str) -> None:
    tab = _opened(browser, tmp_path, hostile)
    assert tab.evaluate("window.ran") is None
    assert tab.locator("td", has_text="<script>window.ran=1</script>").count() > 0


def test_the_policy_stops_what_escaping_would_let_through(browser: Browser, tmp_path: Path) -> None:
    """Two locks: markup put in by force neither runs nor loads."""
    forced = made("PASS").replace("<main", f"{HOSTILE}<style>body{{opacity:0}}</style><main", 1)
    tab = browser.new_page()
    asked: list[str] = []
    blocked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("requestfailed", lambda request: blocked.append(request.url if "csp" in str(request.failure) else ""))
    (tmp_path / "page.html").write_text(forced, encoding="utf-8")
    tab.goto((tmp_path / "page.html").as_uri())
    assert tab.evaluate("window.ran") is None
    assert tab.evaluate("getComputedStyle(document.body).opacity") == "1"
    assert {url for url in asked if url.startswith("http")} <= set(blocked)


@pytest.mark.parametrize("kind", ["PASS", "FAIL"])
def test_no_width_needs_sideways_scrolling(browser: Browser, tmp_path: Path, kind: Outcome) -> None:
    tab = _opened(browser, tmp_path, detailed(kind))
    tab.evaluate("document.querySelectorAll('details').forEach(one => {one.open = true})")
    for width in (360, 390, 768, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_detail_is_folded_on_the_screen_and_open_on_paper(browser: Browser, tmp_path: Path, hostile: str) -> None:
    tab = _opened(browser, tmp_path, hostile)
    inside = tab.locator("details figcaption", has_text="Inside")
    assert not inside.is_visible()
    tab.emulate_media(media="print")
    assert inside.is_visible()


def test_a_tile_opens_the_detail_it_leads_to(browser: Browser, tmp_path: Path, hostile: str) -> None:
    """A thousand cameras are tiles; one of them is read without a search, and without a script."""
    tab = _opened(browser, tmp_path, hostile)
    assert not tab.locator("svg .now").first.is_visible()
    tab.locator('.tiles a[href="#more"]').click()
    assert tab.locator("svg .now").first.is_visible()
    assert tab.evaluate("window.ran") is None


def test_our_own_sheet_is_applied_and_charts_are_drawn(browser: Browser, tmp_path: Path) -> None:
    tab = _opened(browser, tmp_path, made("FAIL"))
    assert tab.evaluate("getComputedStyle(document.querySelector('.stamp')).color") == "rgb(180, 35, 24)"
    assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
