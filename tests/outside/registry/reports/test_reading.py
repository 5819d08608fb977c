"""What is read from a registry is verified whenever it is read; the log can be audited; pages are written whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from detection.errors import DocumentError
from detection.outside.database.registry import Registry, open_registry
from detection.outside.registry import bundled
from detection.outside.registry.reports import auditing, site
from detection.outside.registry.reports.reading import Reader
from detection.outside.registry.reports.site import SiteError
from detection.rules.registry import guards
from detection.rules.registry.readings import Head
from detection.rules.registry.signatures import approvals, statements
from tests.examples_governed import BEGIN, SLOT, URL, carry_out, day, surroundings, version_content, write_workspace
from tests.examples_registry import SIGNERS, STRANGER, approved, digest_of, ordered, public_of, signature_of

PEOPLE = Path("specs/people.yaml")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    write_workspace(folder)
    return folder


@pytest.fixture
def workspace(lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "workspace"
    shutil.copytree(lived, place)
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with open_registry(f"sqlite:///{URL}") as opened:
        yield opened


def test_what_is_live_comes_with_its_order_and_the_approvals_it_stood_on(registry: Registry) -> None:
    """After a return the approvals are those of the promotion by which the version was validated."""
    dev, prod = Reader(registry).live()
    assert [one.signed.approval.person for one in prod.deed.approvals] == ["quality-1"]
    assert prod.deed.approvals[0].signed.approval.version_digest == digest_of(1)
    assert prod.deed.order is not None
    assert prod.deed.order.order.reason == "tubes are missed at dusk"
    assert (prod.deed.faults(), dev.deed.faults(), dev.deed.approvals) == ((), (), ())


def test_an_approval_that_was_not_used_yet_vouches_for_no_period(registry: Registry) -> None:
    """It may be one for the next candidacy: what is live did not stand on it."""
    at = day(41)
    nonce = registry.give_nonce(SLOT, digest_of(3), "quality-1", at)
    now = surroundings(at)
    signed = approved(
        version_digest=digest_of(3), verdict_digest=version_content(3).verdict_digest, spec_digest=now.spec_digest,
        deployment_digest=now.plan_digest, nonce=nonce, signed_at=at, comparison_digest="",
    )  # fmt: skip
    assert not registry.approve(signed, lambda found: (), at)
    reader = Reader(registry)
    assert len(reader.checked(SLOT, digest_of(3))) == 1
    assert [len(one.deed.approvals) for one in reader.periods(SLOT, 10)] == [1, 1, 1]


def test_without_people_nobody_is_believed(registry: Registry) -> None:
    PEOPLE.unlink()
    assert all(
        "specs/people.yaml is not there" in fault for one in Reader(registry).live() for fault in one.deed.faults()
    )
    assert auditing.audited(Reader(registry)).faults


def test_whoever_left_the_file_is_not_believed_any_more(registry: Registry) -> None:
    """People stay in the file with revoked keys; who is gone cannot be checked, and it says so."""
    PEOPLE.write_text(PEOPLE.read_text().replace("quality-1", "quality-9"))
    faults = Reader(registry).live()[-1].deed.faults()
    assert len(faults) == 1
    assert "'quality-1' is not in specs/people.yaml" in faults[0]


def test_a_key_that_was_revoked_later_was_good_before(registry: Registry) -> None:
    key = public_of(SIGNERS["quality-1"])
    for moment, good in (("2026-12-01T00:00:00Z", True), ("2026-06-01T00:00:00Z", False)):
        lines = PEOPLE.read_text().replace(f"{{public: {key}}}", f"{{public: {key}, revoked_at: {moment}}}")
        other = Path("people.yaml")
        other.write_text(lines)
        assert (Reader(registry, other).live()[-1].deed.faults() == ()) is good


def test_a_people_file_that_is_none_is_one_clear_error(registry: Registry) -> None:
    PEOPLE.write_text("version: 1\npeople: []\n")
    with pytest.raises(DocumentError, match="people"):
        Reader(registry)


def test_an_approval_that_the_store_took_without_a_judge_is_found(registry: Registry) -> None:
    """Whoever calls the store directly gets past the guards, not past whoever reads it."""
    at = day(41)
    nonce = registry.give_nonce(SLOT, digest_of(3), "quality-1", at)
    approval = replace(approved().approval, version_digest=digest_of(3), nonce=nonce, signed_at=at)
    forged = replace(
        approved(STRANGER, person="quality-1"), approval=approval,
        signature=signature_of(STRANGER, approvals.payload(approval)),
    )  # fmt: skip
    assert not registry.approve(forged, lambda found: (), at)
    found = auditing.audited(Reader(registry))
    assert len(found.faults) == 1
    assert "is none of 'quality-1'" in found.faults[0]
    assert "is none of 'quality-1'" in Reader(registry).checked(SLOT, digest_of(3))[0].fault


def test_an_order_that_the_store_took_without_a_signature_is_found(registry: Registry) -> None:
    order = ordered("withdraw", slot=SLOT, epoch=3, ordered_at=day(42))
    unsigned = replace(order, signature=signature_of(STRANGER, b"anything"))
    registry.carry_out(unsigned, lambda found: guards.judged(order, found, surroundings(day(42))), day(42))
    assert "is not good" in auditing.audited(Reader(registry)).faults[0]
    assert "is not good" in Reader(registry).periods(SLOT, 1)[0].deed.fault


def test_the_audit_of_a_sound_log_counts_what_it_verified(registry: Registry) -> None:
    found = auditing.audited(Reader(registry), registry.head())
    assert found.faults == ()
    assert found.entries == registry.head().number
    assert found.signatures == 12
    assert "entry" in auditing.audited(Reader(registry), Head(found.entries, "0" * 64)).faults[0]


@pytest.mark.parametrize("payload", ["", "{}", "[]", "null", '{"order": 3}', '{"order": {"order": {}}}', "\ud800"])
def test_an_entry_without_an_order_has_none(payload: str) -> None:
    assert statements.order_of(payload) is None


def test_the_pages_are_the_same_for_the_same_registry(registry: Registry) -> None:
    """Living documents can be compared and committed: nothing in them depends on when they were written twice."""
    told = site.known(Reader(registry), BEGIN)
    assert site.write(Path("one"), told) == site.write(Path("two"), told) == 13
    first, second = (sorted((path.name, path.read_bytes()) for path in Path(name).iterdir()) for name in ("one", "two"))
    assert first == second
    assert len(first) == 26


def test_words_of_people_are_neither_html_nor_markdown(registry: Registry) -> None:
    site.write(Path("governance"), site.known(Reader(registry), BEGIN))
    for path in Path("governance").iterdir():
        text = path.read_text()
        assert "<script" not in text
        if path.suffix == ".md":
            assert "](javascript" not in text.replace(r"\](javascript", "")
            assert "\x1b" not in text, "read in a terminal, it colours nothing"


@pytest.mark.parametrize("stranger", ["notes.txt", "sub/x.html", "mine.html"])
def test_a_folder_with_anything_else_is_left_alone(registry: Registry, stranger: str) -> None:
    path = Path("governance") / stranger
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(SiteError, match="name another folder"):
        site.write(Path("governance"), site.known(Reader(registry), BEGIN))
    assert path.read_text() == "mine"


def test_pages_are_written_anew_as_a_whole(registry: Registry) -> None:
    """A page of a version that is left out now does not stay behind."""
    told = site.known(Reader(registry), BEGIN)
    site.write(Path("governance"), told)
    fewer = site.known(Reader(registry), BEGIN, newest=1)
    assert fewer.left_out == 0, "versions that were live keep their pages"
    site.write(Path("governance"), replace(told, versions=told.versions[:2]))
    assert not Path("governance/card.warehouse-parcels.1.2.0.html").exists()
    assert not [path for path in Path().iterdir() if path.name.startswith(".governance")]


def test_evidence_of_a_bundle_is_shown_only_if_it_is_what_was_registered(workspace: Path) -> None:
    spec = Path("specs/spec.yaml").read_bytes()
    place = Path("export/bundle/evidence")
    place.mkdir(parents=True)
    (place / "spec.yaml").write_bytes(spec)
    (place / "verdict.json").write_bytes(b"{}")
    digest = hashlib.sha256(spec).hexdigest()
    content = version_content(1, spec_digest=digest, verdict_digest=hashlib.sha256(b"{}").hexdigest())
    found = bundled.evidence_of(content)
    assert found.spec is not None
    assert found.verdict is None, "not a verdict"
    assert bundled.evidence_of(replace(content, spec_digest="0" * 64)).spec is None
    assert bundled.evidence_of(replace(content, bundle_place="../elsewhere")).spec is None
    assert bundled.evidence_of(replace(content, bundle_place="dvc:../../x.dir")).spec is None


def test_evidence_is_found_in_the_cache_of_dvc(workspace: Path) -> None:
    cache, spec = Path(".dvc/cache/files/md5"), Path("specs/spec.yaml").read_bytes()
    name = hashlib.md5(spec, usedforsecurity=False).hexdigest()
    listed = json.dumps([{"md5": name, "relpath": "evidence/spec.yaml"}]).encode()
    folder = hashlib.md5(listed, usedforsecurity=False).hexdigest()
    for key, content in ((name, spec), (f"{folder}.dir", listed)):
        (cache / key[:2]).mkdir(parents=True, exist_ok=True)
        (cache / key[:2] / key[2:]).write_bytes(content)
    kept = version_content(1, bundle_place=f"dvc:{folder}.dir", spec_digest=hashlib.sha256(spec).hexdigest())
    assert bundled.evidence_of(kept).spec is not None


def test_incidents_of_the_monitor_are_read_from_its_file(workspace: Path) -> None:
    notice = {
        "id": "i-1", "bundle": digest_of(1), "camera": "cam-1", "severity": "ALARM", "baseline": "own",
        "opened_s": 1781337600, "alarmed_s": None, "closed_s": None,
        "parts": [{"signal": "brightness", "window": "hour", "severity": "ALARM", "opened_s": 1781337600,
                   "distance": 0.4, "noise": 0.1}],
    }  # fmt: skip
    Path("incidents.json").write_text(json.dumps([notice]))
    (found,) = site.field_incidents(Path("incidents.json"))
    assert (found.camera, found.signals, found.closed) == ("cam-1", ("brightness",), None)
    with pytest.raises(DocumentError):
        site.field_incidents(Path("specs/spec.yaml"))


def test_a_withdrawn_slot_is_told_as_empty(registry: Registry) -> None:
    carry_out(registry, surroundings(day(43)), verb="withdraw")
    newest = Reader(registry).periods(SLOT, 1)[0]
    assert newest.version is None
    assert newest.deed.faults() == ()
