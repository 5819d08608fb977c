"""The page: self-contained, whatever its gate's colour, and deaf to whatever its data says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from detection.outside import html
from detection.rules.evidence.drawings import Bars, Drawings, Event, Line, Tile, Tiles, Track
from detection.rules.evidence.page import Finding, Findings, Folded, Section
from detection.rules.evidence.page import Page as ReportPage
from detection.rules.evidence.tables import Cell, Column, Span, Table, linked, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.gates.lines import Outcome
from tests.examples_report import page, precision_recall, samples
from tests.examples_verdict import CLASSES

NAMES = dict.fromkeys(CLASSES, "Class")
HOSTILE = '<script>window.ran=1</script><img src="https://example.invalid/x.png" onerror="window.ran=1">"\'|`[x](y)'
WEAKEST = Findings((Finding(HOSTILE, Cell("0.62", span=Span(0.6, 0.5, 0.7, 0.9)), (HOSTILE,), HOSTILE),), title="Weak")
DRAWN = Drawings(
    (
        Bars(HOSTILE, (HOSTILE, "none"), (0.5, 0.5), (0.9, 0.1), HOSTILE, Tone.BAD),
        Track(
            HOSTILE, (0.0, 1.0, 2.0), (HOSTILE, HOSTILE), (Line(HOSTILE, (0.1, float("nan"), 0.3)),), (0.1, 0.1, 0.2),
            limit=0.25, events=(Event(HOSTILE, 1.0),), remark=HOSTILE,
        ),
    ),
    title=HOSTILE,
    note=HOSTILE,
)  # fmt: skip
TILES = Tiles((Tile(HOSTILE, Tone.BAD, HOSTILE, "more"), Tile(HOSTILE, Tone.QUIET)), HOSTILE, HOSTILE)
DETAIL = Folded(
    "More of it",
    (Table((Column("What"),), ((text(HOSTILE),),), title="Inside"), WEAKEST, DRAWN),
    answer=HOSTILE,
    tone=Tone.BAD,
    remark=HOSTILE,
    anchor="more",
)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def with_detail(kind: Outcome) -> ReportPage:
    """The page with cards in its verdict and a folded section."""
    plain = page(kind, displays=dict.fromkeys(CLASSES, HOSTILE))
    assert plain.banner is not None
    detail = Section("detail", "Detail", "On demand.", (TILES, DETAIL))
    return replace(plain, banner=replace(plain.banner, weakest=WEAKEST), sections=(detail, *plain.sections))


@cache
def made(kind: Outcome) -> str:
    return html.page(page(kind))


@cache
def detailed(kind: Outcome) -> str:
    return html.page(with_detail(kind))


@pytest.fixture(scope="module")
def hostile() -> str:
    return detailed("FAIL")


def test_the_verdict_comes_first() -> None:
    text = made("PASS")
    said = text.index("All 19 lines of the gate are proven")
    assert said < text.index('<section id="purpose">') < text.index('<section id="lineage">')


def test_a_red_gate_shows_its_failing_lines_first_and_the_next_step() -> None:
    text = made("FAIL")
    chips = re.findall(r'class="chip \w+">(FAIL|NOT PROVEN|PASS)<', text)
    assert chips[0] == "FAIL"
    assert chips == sorted(chips, key=["FAIL", "NOT PROVEN", "PASS"].index)
    assert "Next step" in text


def test_an_unproven_gate_says_how_much_more_is_needed() -> None:
    assert re.search(r"Label more .* \d+ images", made("NOT PROVEN"))


def test_a_page_that_judges_nothing_has_no_verdict() -> None:
    """Stages that show what they found use the same page."""
    plain = replace(page("PASS"), name="Findings", banner=None, kicker="Stage validate")
    text = html.page(plain)
    assert "<title>Findings · Stage validate</title>" in text
    assert 'id="verdict"' not in text
    assert "#verdict" not in text
    assert "**Verdict:" not in html.model_card(plain)
    assert '<section id="purpose">' in text


def test_pages_of_a_site_lead_to_each_other() -> None:
    """In HTML and in Markdown; the page itself is named and leads nowhere."""
    site = (linked("Catalogue", "index.html"), text("This one"))
    rows = Table((Column("Version"),), ((linked(HOSTILE, "version-1.html#sign-off"),),))
    one = replace(page("PASS"), site=site, sections=(Section("own", "Own", "", (rows,)),))
    found = [a["href"] for tag, a in Elements(html.page(one)).found if tag == "a" and "href" in a]
    assert {"index.html", "version-1.html#sign-off"} <= set(found)
    assert '<span aria-current="page">This one</span>' in html.page(one)
    written = html.document(one)
    assert "[Catalogue](index.md) · **This one**" in written
    assert "](version-1.md#sign-off)" in written
    assert "<script" not in written


def test_nothing_is_fetched_from_anywhere(hostile: str) -> None:
    sources = [a[name] for _, a in Elements(hostile).found for name in ("src", "href", "srcset", "action") if name in a]
    assert sources
    assert all(str(source).startswith(("data:image/", "#")) for source in sources)
    assert "url(" not in hostile
    assert "@import" not in hostile


def test_names_from_data_become_text_and_never_elements(hostile: str) -> None:
    elements = Elements(hostile).found
    assert "&lt;script&gt;" in hostile
    assert not [tag for tag, _ in elements if tag in ("script", "iframe", "object", "form", "link")]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("a\x1b[31mb", "a\\x1b[31mb", id="colour"),
        pytest.param("a\x00\x7fb", "a\\x00\\x7fb", id="nothing"),
        pytest.param("a\u202eb", "a\\u202eb", id="right to left"),
        pytest.param("a\u200bb\ufeff", "a\\u200bb\\ufeff", id="no width"),
        pytest.param("bicyclé 自転車\u00a0x\ty\nz", "bicyclé 自転車\u00a0x\ty\nz", id="words"),
    ],
)
def test_signs_that_nobody_sees_are_spelled_out(written: str, read: str) -> None:
    """Whoever reads a page reads all that somebody wrote; a page saved as text colours no terminal."""
    blocks = (Table((Column("Words"),), ((text(written),),)),)
    made = html.page(replace(page("PASS"), sections=(Section("words", "Words", "", blocks),)))
    assert f">{read}<" in made


def test_a_name_in_the_model_card_is_neither_html_nor_markdown() -> None:
    card = html.model_card(with_detail("FAIL"))
    assert "<script" not in card
    assert "<img" not in card
    assert r"\|\`\[x\](y)" in card
    assert "data:image" not in card


def test_the_tables_of_the_model_card_are_as_wide_as_their_heads() -> None:
    """A pipe or a line break in a name must not move a figure under another column's head."""
    card = html.model_card(replace(with_detail("PASS"), subtitle="a|b\nc"))
    width = 0
    for line in card.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in (0, width) or not width
        width = cells


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("# a [b](c)", r"\# a \[b\](c)", id="heading-and-link"),
        pytest.param("1. a", r"1\. a", id="numbered"),
        pytest.param("+0.107 (cells), a_b.jpg", "+0.107 (cells), a_b.jpg", id="harmless"),
        pytest.param("_a_ *b* ~c~ <d> &", r"\_a\_ \*b\* \~c\~ &lt;d&gt; &amp;", id="emphasis"),
        pytest.param("===", r"\===", id="underline"),
    ],
)
def test_only_what_markdown_would_read_is_escaped(written: str, read: str) -> None:
    """People read the card as it is, too."""
    assert html.escape_markdown(written) == read


def test_pictures_that_the_validation_report_leaves_out_are_named() -> None:
    shown = replace(
        page("PASS"), sections=(Section("charts", "Charts", "Drawn.", (precision_recall(NAMES), samples())),)
    )
    report = html.validation_report(shown)
    assert "**Charts**, shown on the HTML page: Precision over recall, test." in report
    assert "**A few frames**, shown on the HTML page: 8 pictures." in report
    assert "1. Charts" in report


def test_what_is_folded_on_the_page_is_open_in_the_card() -> None:
    card = html.model_card(with_detail("FAIL"))
    assert "### More of it" in card
    assert "**Inside**" in card
    assert card.index("### Weak") < card.index("Gate, line by line")


def test_where_it_fails_stands_above_the_lines_of_the_gate(hostile: str) -> None:
    assert hostile.index('class="finding plain"') < hostile.index("Gate, line by line")


def test_the_policy_names_the_sheet_that_the_page_holds() -> None:
    text = made("PASS")
    [sheet] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert html.policy(sheet).replace("'", "&#39;") in text


def test_the_same_content_gives_the_same_bytes() -> None:
    assert html.page(page("PASS")) == made("PASS")


def test_the_page_is_small_enough_to_mail() -> None:
    assert len(made("PASS")) < 4_000_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here; `apt-get install chromium` to test pages in a browser")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()


def _opened(browser: Browser, folder: Path, text: str, width: int = 1280) -> Page:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(path.as_uri())
    return tab


@pytest.mark.slow
@pytest.mark.browser
def test_a_script_in_a_class_name_never_runs(browser: Browser, tmp_path: Path, hostile: str) -> None:
    tab = _opened(browser, tmp_path, hostile)
    assert tab.evaluate("window.ran") is None
    assert tab.locator("td", has_text="<script>window.ran=1</script>").count() > 0


@pytest.mark.slow
@pytest.mark.browser
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


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("kind", ["PASS", "FAIL"])
def test_no_width_needs_sideways_scrolling(browser: Browser, tmp_path: Path, kind: Outcome) -> None:
    tab = _opened(browser, tmp_path, detailed(kind))
    tab.evaluate("document.querySelectorAll('details').forEach(one => {one.open = true})")
    for width in (360, 390, 768, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
@pytest.mark.browser
def test_detail_is_folded_on_the_screen_and_open_on_paper(browser: Browser, tmp_path: Path, hostile: str) -> None:
    tab = _opened(browser, tmp_path, hostile)
    inside = tab.locator("details figcaption", has_text="Inside")
    assert not inside.is_visible()
    tab.emulate_media(media="print")
    assert inside.is_visible()


@pytest.mark.slow
@pytest.mark.browser
def test_a_tile_opens_the_detail_it_leads_to(browser: Browser, tmp_path: Path, hostile: str) -> None:
    """A thousand cameras are tiles; one of them is read without a search, and without a script."""
    tab = _opened(browser, tmp_path, hostile)
    assert not tab.locator("svg .now").first.is_visible()
    tab.locator('.tiles a[href="#more"]').click()
    assert tab.locator("svg .now").first.is_visible()
    assert tab.evaluate("window.ran") is None


@pytest.mark.slow
@pytest.mark.browser
def test_our_own_sheet_is_applied_and_charts_are_drawn(browser: Browser, tmp_path: Path) -> None:
    tab = _opened(browser, tmp_path, made("FAIL"))
    assert tab.evaluate("getComputedStyle(document.querySelector('.stamp')).color") == "rgb(180, 35, 24)"
    assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
