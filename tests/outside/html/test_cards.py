"""Cards and reports in Markdown: what a name says is never read as Markdown, and what is left out is named."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from detection.outside import html
from detection.rules.evidence.page import Section
from tests.examples_pages import with_detail
from tests.examples_report import page, precision_recall, samples
from tests.examples_verdict import CLASSES

NAMES = dict.fromkeys(CLASSES, "Class")


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
