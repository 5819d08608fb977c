"""The comparison for people: the recommendation first, then what decided, and no bound shown better than it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.outside import html
from detection.rules.evidence.judging import comparison
from detection.rules.evidence.judging.guardrails import decided
from detection.rules.evidence.tone import Tone
from detection.rules.judging.comparison import words
from detection.rules.judging.comparison.contest import contest
from detection.rules.judging.comparison.sheet import ComparisonSheet, Gap
from tests.examples_comparison import Skill, arena, benefit, contestant, gap, guardrail, latency, observations, rules

PLAIN, BETTER, BLIND = Skill(0.75, 0.60), Skill(0.88, 0.75), Skill(0.99, 0.53)


def sheet(challenger: Skill, slower: float = 1.0) -> ComparisonSheet:
    first, second = contestant("v1", observations(PLAIN, seed=1)), contestant("v2", observations(challenger, seed=2))
    return contest(rules(), first, second, arena(slower=slower))


@pytest.mark.parametrize(
    ("challenger", "slower", "answer", "tone", "words_of_it"),
    [
        pytest.param(BETTER, 1.0, "PROMOTE", Tone.GOOD, "proven better beyond the margin", id="better"),
        pytest.param(BETTER, 1.3, "KEEP", Tone.BAD, "but 1 of 6 guardrails fails", id="better and slower"),
        pytest.param(PLAIN, 1.0, "KEEP", Tone.UNSURE, "beyond the margin is not proven", id="as good"),
        pytest.param(Skill(0.5, 0.4), 1.0, "KEEP", Tone.BAD, "proven worse", id="worse"),
    ],
)
def test_the_banner_says_what_to_do_and_why(
    challenger: Skill, slower: float, answer: str, tone: Tone, words_of_it: str
) -> None:
    """Read in ten seconds."""
    banner = comparison.banner(sheet(challenger, slower))
    assert (banner.answer, banner.tone) == (answer, tone)
    assert words_of_it in banner.sentence
    assert banner.next_step


def test_the_benefit_stands_first_and_failing_guardrails_before_passing_ones() -> None:
    """What keeps the champion is not to be looked for."""
    rows = decided(sheet(BLIND, slower=1.3)).rows
    assert rows[0][0].text.startswith("recall of fp32")
    verdicts = [row[-1].text for row in rows[1:]]
    assert verdicts == sorted(verdicts, key=["FAIL", "NOT PROVEN", "PASS"].index)
    assert {"FAIL", "PASS"} <= set(verdicts)


def test_a_bar_shows_the_limit_in_the_middle_of_nothing_and_everything() -> None:
    """Bars of differences run from minus to plus: no difference is the middle."""
    row = next(row for row in decided(sheet(BETTER)).rows if "latency" in row[0].text)
    bar = row[3].span
    assert bar is not None
    assert bar.limit is not None
    assert 0.5 < bar.limit < 1
    assert bar.lower <= bar.observed <= bar.upper < bar.limit


def test_the_page_escapes_the_names_of_contenders() -> None:
    """A folder's name is a stranger's text."""
    made = sheet(BETTER)
    hostile = replace(made, champion=replace(made.champion, name="<script>alert(1)</script>"))
    page = html.page(comparison.page(hostile))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_page_without_any_figure_can_still_be_read() -> None:
    """A set on which nothing could be counted."""
    nothing = Gap(None, None, None, None, None, 0.95, 0, 0)
    made = sheet(BETTER)
    empty = replace(
        made, benefit=replace(made.benefit, gap=nothing, sampling_margin=None),
        rows=tuple(replace(row, gap=nothing) for row in made.rows),
    )  # fmt: skip
    assert "–" in html.page(comparison.page(empty))


def test_a_bound_just_below_its_limit_is_not_rounded_to_the_better_side() -> None:
    """A proven lead of 0.00999 must not read 0.010, a possible harm of 0.0201 not 0.020."""
    assert words.lower_bound(0.00999) == "+0.009"
    assert words.upper_bound(0.0201) == "+0.021"
    assert words.lower_bound(-0.0101) == "-0.011"


def test_sentences_say_figures_bounds_limit_and_verdict() -> None:
    """Whole, since they are read without the page."""
    assert benefit(gap()).sentence == (
        "AP50-95 of fp32 on test: 0.620 against 0.590, difference +0.030, between +0.018 and +0.042 "
        "(needs more than 0.01), 360 frames in 24 groups: the lead is proven"
    )
    assert latency(11.0, 13.0).sentence == (
        "p95 latency of fp32: from decoded frame to detections 13.00 ms against 11.00 ms, worse by 18.2 %, "
        "between +17.1 % and +19.2 % (allowed 10.0 %): FAIL"
    )
    assert guardrail(harm=-0.01).sentence == (
        "calibration of fp32: expected calibration error 0.030 against 0.040, better by 0.010, "
        "between -0.015 and -0.005 (allowed 0.020): PASS"
    )
