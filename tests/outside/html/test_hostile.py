"""The page is deaf to whatever its data says: names become text, and nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from detection.outside import html
from detection.rules.evidence.page import Section
from detection.rules.evidence.tables import Column, Table, text
from tests.examples_pages import Elements, made
from tests.examples_report import page


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


def test_the_policy_names_the_sheet_that_the_page_holds() -> None:
    text = made("PASS")
    [sheet] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert html.policy(sheet).replace("'", "&#39;") in text
