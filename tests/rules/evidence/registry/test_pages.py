"""The site of the registry: every page is reached, every link leads to a page, and what is wrong is said first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from detection.rules.evidence.page import Folded, Page, Section
from detection.rules.evidence.registry import rollback, signatures, site
from detection.rules.evidence.registry.deeds import Checked, Deed
from detection.rules.evidence.registry.known import Known
from detection.rules.evidence.registry.words import slot_page, validation_page, version_page
from detection.rules.evidence.tables import Cell, Table
from detection.rules.evidence.tone import Tone
from detection.rules.registry.entries import ChainFault
from detection.rules.registry.registered import Number
from detection.rules.registry.slots import Slot, Stage
from tests.examples_known import BACK, HOSTILE, PERIODS, V1, V2, V3, known, known_period, known_slot
from tests.examples_registry import MODEL, NOW, SLOT, approved, content, digest_of, period, returned, version


def tables(page: Page) -> Iterator[Table]:
    for section in page.sections:
        for block in section.blocks:
            inner = block.blocks if isinstance(block, Folded) else (block,)
            yield from (one for one in inner if isinstance(one, Table))


def cells(page: Page) -> list[Cell]:
    return [*page.site, *(cell for table in tables(page) for row in table.rows for cell in row)]


def section(page: Page, name: str) -> Section:
    return next(one for one in page.sections if one.id == name)


def said(page: Page) -> str:
    return " ".join(f"{cell.text} {cell.note}" for cell in cells(page))


@pytest.fixture(scope="module")
def pages() -> Mapping[str, Page]:
    return site.pages(known())


def test_every_link_leads_to_a_page_and_every_page_is_reached(pages: Mapping[str, Page]) -> None:
    links = {cell.link.split("#")[0] for page in pages.values() for cell in cells(page) if cell.link}
    assert links == set(pages)


def test_every_row_is_as_wide_as_its_head(pages: Mapping[str, Page]) -> None:
    found = [(table, row) for page in pages.values() for table in tables(page) for row in table.rows]
    assert len(found) > 100
    assert all(len(row) == len(table.columns) for table, row in found)


def test_a_row_has_one_label_at_most(pages: Mapping[str, Page]) -> None:
    """On a narrow screen labels move to the same corner of their row: a second one would cover the first."""
    rows = [row for page in pages.values() for table in tables(page) for row in table.rows]
    assert max(sum(cell.chip for cell in row) for row in rows) == 1


def test_anchors_are_there_once(pages: Mapping[str, Page]) -> None:
    for page in pages.values():
        anchors = [one.id for one in page.sections]
        assert len(anchors) == len(set(anchors))


def test_an_empty_registry_has_its_pages_too() -> None:
    """A team begins with nothing: the catalogue says how the first version comes in, and nothing breaks."""
    made = site.pages(known(versions=(), slots=(), entries=()))
    assert set(made) == {"index.html", "history.html", "inventory.html", "incidents.html"}
    made = site.pages(known(versions=(V1,), slots=(known_slot(periods=(), approvals=(), standings=()),)))
    banner = made[slot_page(SLOT)].banner
    assert banner is not None
    assert banner.answer == "NOTHING"


def test_the_catalogue_says_first_whether_it_can_be_relied_on(pages: Mapping[str, Page]) -> None:
    banner = pages["index.html"].banner
    assert banner is not None
    assert (banner.answer, banner.tone) == ("VERIFIED", Tone.GOOD)
    broken = site.pages(known(fault=ChainFault(12, "was changed after it was written")))["index.html"].banner
    assert broken is not None
    assert (broken.answer, broken.tone) == ("BROKEN LOG", Tone.BAD)
    assert "12" in broken.sentence


FORGED = replace(PERIODS[0].deed, approvals=(Checked(approved(), "the signature of 'quality-1' is not good"),))
UNSIGNED = replace(PERIODS[0].deed, fault="the signature of 'engineer-2' is not good")


@pytest.mark.parametrize("deed", [FORGED, UNSIGNED], ids=["approval", "order"])
def test_a_bad_signature_behind_what_is_live_is_red_on_both_pages(deed: Deed) -> None:
    """A forged approval that is in the database must not look like one that a person gave."""
    live = replace(PERIODS[0], deed=deed)
    made = site.pages(known(slots=(known_slot(periods=(live, *PERIODS[1:])),)))
    for name in ("index.html", slot_page(SLOT)):
        banner = made[name].banner
        assert banner is not None
        assert "NOT VERIFIED" in banner.answer
        assert banner.tone is Tone.BAD
    assert "is not good" in said(made[slot_page(SLOT)])


def test_the_page_of_a_slot_names_approver_evidence_and_the_way_back(pages: Mapping[str, Page]) -> None:
    page = pages[slot_page(SLOT)]
    told = said(page)
    assert "quality-1 (quality)" in told
    assert "looked at dusk myself" in told
    assert content(1).verdict_digest in told
    assert "detection registry rollback line-1/prod --to nothing" in told
    assert "tubes are missed at dusk" in told


def test_a_rollback_plan_names_the_version_before_and_its_command() -> None:
    """After two promotions one command goes back; after the return there is nothing further."""
    slot = known_slot(periods=PERIODS[1:])
    page = site.pages(known(slots=(slot,)))[slot_page(SLOT)]
    told = said(page)
    assert 'detection registry rollback line-1/prod --reason "..." --key FILE' in told
    facts = section(page, "rollback").blocks[0]
    assert "1.0.0" in str(facts)
    assert "authorised with the promotion" in str(facts)


def test_triggers_are_told_as_the_slot_file_has_them() -> None:
    told = str(rollback.section(known_slot(), None))
    assert "more than 1 % of the frames" in told
    assert "longer than 120 ms" in told
    assert "a precision below 0.75" in told


def test_a_version_that_was_live_before_is_listed_once_and_a_retired_one_cannot_come_back() -> None:
    old = known_period(period(1, 1), replace(V1, retired=True))
    twice = (known_period(period(3, 2), V2), known_period(BACK, replace(V1, retired=True)), old)
    assert [one.period.version_digest for one in rollback.validated(twice)] == [digest_of(1)]
    assert "retired: cannot come back" in str(rollback.section(known_slot(periods=twice), digest_of(1)))


@pytest.mark.parametrize(
    ("change", "words_said"),
    [
        ({"plan_digest": "e" * 64}, "has changed since it was pinned"),
        ({"periods": (known_period(BACK, replace(V1, deprecated="misses tubes")),)}, "It is deprecated"),
        ({"periods": (known_period(BACK, replace(V1, retired=True)),)}, "It was retired since"),
        (
            {"periods": (known_period(BACK, replace(V1, deprecated="old", end_of_life="2026-11-21")),)},
            "Its end of life has come",
        ),
    ],
    ids=["slot-file", "deprecated", "retired", "end-of-life"],
)
def test_a_doubt_about_what_is_live_is_said_first(change: dict[str, object], words_said: str) -> None:
    banner = site.pages(known(slots=(known_slot(**change),)))[slot_page(SLOT)].banner
    assert banner is not None
    assert banner.tone is Tone.UNSURE
    assert words_said in banner.next_step


def test_a_validation_report_is_signed_by_people_only(pages: Mapping[str, Page]) -> None:
    signed, unsigned = pages[validation_page(V2)], pages[validation_page(V3)]
    assert "quality-1 (quality)" in said(signed)
    assert "Nobody has signed it off. Risk tier medium asks for: quality." in str(section(unsigned, "sign-off"))
    assert unsigned.banner is not None
    assert "detection registry approve 1.2.0" in unsigned.banner.next_step


def test_the_inventory_has_a_row_for_each_use_and_one_for_what_is_not_used() -> None:
    idle = version(9, content=content(9, model="other-model"))
    told = said(site.pages(known(versions=(V1, V2, V3, idle)))["inventory.html"])
    assert f"{MODEL} 1.0.0" in told
    assert "not in use" in told
    assert "2026-12-20" in told, "an approval of yesterday holds for the 30 days of its tier"


def test_approvals_that_would_not_count_any_more_are_named() -> None:
    later = known(as_of=NOW + timedelta(days=60))
    assert "over: review it" in said(site.pages(later)["inventory.html"])


def test_an_incident_log_tells_what_went_back_and_why(pages: Mapping[str, Page]) -> None:
    told = said(pages["incidents.html"])
    assert "rollback" in told
    assert "tubes are missed at dusk" in told
    quiet = site.pages(known(entries=()))["incidents.html"]
    assert "Nothing was ever taken back" in str(quiet)


def test_older_versions_without_a_page_are_counted() -> None:
    assert "41 older versions" in str(site.pages(known(left_out=41))["index.html"])


def test_a_product_known_by_several_slots_is_shown_by_its_furthest_stage() -> None:
    trial = replace(known_slot(), slot=Slot(MODEL, "line-1", "dev"), standings=(), periods=())
    told = said(site.pages(known(slots=(trial, known_slot())))["index.html"])
    assert f"{Stage.PRODUCTION.value} line-1/prod" in told


def test_names_of_pages_never_collide_and_never_leave_the_folder() -> None:
    """A model called `../../x` or `a b` may come from a damaged database; no page may be written elsewhere."""
    odd = [Slot(model, "line-1", "prod") for model in ("../../x", "a b", "<b>", "", "x" * 200)]
    plain = [Slot("a-b", "c", "prod"), Slot("a", "b-c", "prod")]
    names = [slot_page(slot) for slot in (*odd, *plain)]
    assert len(set(names)) == len(names)
    assert all("/" not in name and len(name) < 255 for name in names)
    strange = version(1, number=Number(1, 0, 0), content=content(1, model="../../x"))
    assert "/" not in version_page(strange)


def test_what_a_stranger_wrote_stays_words(pages: Mapping[str, Page]) -> None:
    """Models, tags, reasons and words of approvals come from people; none becomes a link."""
    bad = version(1, submitter=HOSTILE, reason=HOSTILE, content=content(1, owner=HOSTILE, tags=(HOSTILE,)))
    live = known_period(replace(BACK, reason=HOSTILE), bad, approvals=(Checked(approved(words=HOSTILE)),))
    made = site.pages(known(versions=(bad,), slots=(known_slot(periods=(live,)),)))
    assert HOSTILE in said(made[slot_page(SLOT)])
    assert {cell.link for page in made.values() for cell in cells(page) if cell.link} <= set(made)


def test_an_order_of_the_executor_names_the_decision_it_follows_from() -> None:
    """Nobody signs it: what stands for a signature is the stored decision, which can be replayed."""
    told = signatures.order_cell(Deed(returned(), ""))
    assert (told.text, told.note) == ("by rule", "follows from decision-0123456789abcdef")
    assert signatures.order_cell(Deed(None, "")).tone is Tone.BAD


def test_known_finds_what_is_live() -> None:
    everything: Known = known()
    assert everything.live_in(digest_of(1)) == (SLOT,)
    assert everything.version(digest_of(7)) is None
