"""The page: whole whatever its gate's colour, the verdict first, and small enough to send."""

from __future__ import annotations

import re
from dataclasses import replace

from detection.outside import html
from detection.rules.evidence.page import Section
from detection.rules.evidence.tables import Column, Table, linked, text
from tests.examples_pages import HOSTILE, Elements, made
from tests.examples_report import page


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


def test_where_it_fails_stands_above_the_lines_of_the_gate(hostile: str) -> None:
    assert hostile.index('class="finding plain"') < hostile.index("Gate, line by line")


def test_the_same_content_gives_the_same_bytes() -> None:
    assert html.page(page("PASS")) == made("PASS")


def test_the_page_is_small_enough_to_mail() -> None:
    assert len(made("PASS")) < 4_000_000
