"""The registry's verbs that change it, as people type them: two people take a version to Production and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection import cli
from detection.errors import DetectionError, DocumentError
from detection.outside.keys import KeyFileError
from detection.outside.registry.people import read_people
from detection.rules.registry.slots import Stage
from tests.examples_typed import DEV, ENGINEER, QUALITY, Say, entries, is_whole, live, stage_of


def test_two_people_take_a_version_to_production_and_back(say: Say) -> None:
    """README's three commands: approve, promote, rollback; the log has each step."""
    approved = say("approve", "latest", "line-1/prod", *QUALITY, "--words", "dusk looked at")
    assert approved.status == 0
    assert "warehouse-parcels 1.0.0 is approved for warehouse-parcels/line-1/prod by quality-1 as quality" in approved
    promoted = say("promote", "latest", "line-1/prod", *ENGINEER)
    assert (promoted.status, stage_of()) == (0, Stage.PRODUCTION), promoted
    back = say("rollback", "line-1/prod", "--to", "nothing", "--reason", "misses tubes at dusk", *ENGINEER)
    assert (back.status, stage_of()) == (0, Stage.ARCHIVED), back
    assert entries() == ["found", "register", "nonce", "approve", "pin", "stage", "promote", "withdraw"]
    assert is_whole()


def test_approve_shows_the_evidence_before_it_asks(say: Say) -> None:
    """Nobody signs unseen: metrics with what was asked, parity, costs, who submitted."""
    said = say("approve", "latest", "line-1/prod", *QUALITY)
    for part in (
        "golden · fp32 · every · precision",
        "≥",
        "PASS",
        "parity",
        "p95 ms",
        "pipeline",
        "nothing is live there",
    ):
        assert part in said, part


def test_whoever_says_no_has_changed_nothing(say: Say) -> None:
    before = entries()
    said = say("approve", "latest", "line-1/prod", *QUALITY, answer="n\n")
    assert (said.status, entries()) == (2, before)


def test_a_refused_promotion_says_every_reason_and_changes_nothing(say: Say) -> None:
    """Not even the slot's file is pinned."""
    before = entries()
    said = say("promote", "latest", "line-1/prod", *ENGINEER)
    assert said.status == 2
    assert "approval-missing" in said
    assert entries() == before


def test_who_registered_may_not_approve(say: Say) -> None:
    """Refused before a nonce is given out, and before anybody is asked to sign."""
    say("register", "export/second", "--submitter", "quality-1")
    before = entries()
    said = say("approve", "latest", "line-1/prod", *QUALITY)
    assert said.status == 2
    assert "approver-is-submitter" in said
    assert entries() == before


def test_a_stranger_s_key_is_refused_by_its_own_reason(say: Say, place: Path) -> None:
    cli.call(["bundle", "keygen", "mallory", "--out", str(place / "keys")])
    said = say("promote", "latest", "line-1/prod", "--key", "keys/mallory.key")
    assert said.status == 2
    assert "unknown-person" in said


def test_a_specification_that_changed_since_is_refused(say: Say, place: Path) -> None:
    spec = place / "specs" / "spec.yaml"
    spec.write_text(spec.read_text() + "# one more thought\n")
    said = say("promote", "latest", "line-1/staging", *ENGINEER)
    assert said.status == 2
    assert "spec-changed" in said


def test_a_second_version_needs_a_comparison_with_the_live_one(say: Say) -> None:
    """It is numbered within the same contract; the rule's reason stands beside the number."""
    say("approve", "1.0.0", "line-1/prod", *QUALITY)
    say("promote", "1.0.0", "line-1/prod", *ENGINEER)
    registered = say("register", "export/second", "--tag", "trial")
    assert "warehouse-parcels 1.0.1" in registered
    assert "patch" in registered
    said = say("approve", "latest", "line-1/prod", *QUALITY)
    assert said.status == 2
    assert "not-compared" in said


def test_without_guards_a_second_version_takes_the_place_of_the_first_and_goes_back(say: Say) -> None:
    """Dev asks for the verdict alone; a rollback needs no name of a version."""
    say("register", "export/second")
    for version in ("1.0.0", "1.0.1"):
        say.done("promote", version, "line-1/dev", *ENGINEER)
    say.done("rollback", "line-1/dev", "--reason", "slow", *ENGINEER)
    assert (live(DEV), is_whole()) == ("1.0.0", True)


def test_deprecated_and_retired_versions_say_why(say: Say) -> None:
    ends = say("deprecate", "latest", "--reason", "labels", "--end-of-life", "2020-01-01", *ENGINEER)
    assert ends.status == 0, ends
    assert "past-its-end" in say("promote", "latest", "line-1/dev", *ENGINEER)
    assert say("retire", "latest", "--reason", "labels were wrong", *ENGINEER).status == 0
    assert "retired" in say("promote", "latest", "line-1/dev", *ENGINEER)


def test_a_locked_key_takes_its_words_from_a_file(say: Say) -> None:
    key = ("--key", "keys/quality-2.key", "--passphrase-file", "keys/words.txt")
    assert say("approve", "latest", "line-1/prod", *key, "--yes").status == 0


def test_a_wrong_passphrase_is_one_line(say: Say, place: Path) -> None:
    (place / "keys" / "words.txt").write_text("other words\n")
    with pytest.raises(KeyFileError, match="another passphrase"):
        say("approve", "latest", "line-1/prod", "--key", "keys/quality-2.key", "--passphrase-file", "keys/words.txt")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("promote", "latest", "../line-1/prod", *ENGINEER), id="a path for a slot"),
        pytest.param(("promote", "latest", "<b>line-1</b>/prod", *ENGINEER), id="HTML for a slot"),
        pytest.param(("promote", "latest", "line-9/prod", *ENGINEER), id="no such place"),
        pytest.param(("promote", "latest", "line-1/moon", *ENGINEER), id="no such environment"),
        pytest.param(("promote", "latest", "other-model/line-1/prod", *ENGINEER), id="another model"),
        pytest.param(("promote", "../../etc", "line-1/prod", *ENGINEER), id="a path for a version"),
        pytest.param(("promote", "<script>", "line-1/prod", *ENGINEER), id="HTML for a version"),
        pytest.param(("promote", "9.9.9", "line-1/prod", *ENGINEER), id="no such version"),
        pytest.param(("rollback", "line-1/prod", "--reason", "a\x1b[31mb", *ENGINEER), id="colour in a reason"),
        pytest.param(("rollback", "line-1/prod", "--reason", "a\nb", *ENGINEER), id="two lines for a reason"),
        pytest.param(("rollback", "line-1/prod", "--reason", "x" * 501, *ENGINEER), id="an endless reason"),
        pytest.param(("register", "--submitter", "../x"), id="a path for a submitter"),
        pytest.param(("register", "--tag", "<i>"), id="HTML for a tag"),
        pytest.param(("register", "export"), id="no bundle"),
        pytest.param(("deprecate", "latest", "--reason", "r", "--end-of-life", "soon", *ENGINEER), id="no day"),
        pytest.param(("promote", "latest", "line-1/prod", "--key", "keys/nobody.key"), id="no such key"),
        pytest.param(("approve", "latest", "line-1/prod", *QUALITY, "--comparison", "params.yaml"), id="no comparison"),
        pytest.param(("promote", "latest", "line-1/prod", *ENGINEER, "--registry", "mysql://x"), id="no such database"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_and_changes_nothing(say: Say, words: tuple[str, ...]) -> None:
    before = entries()
    with pytest.raises(DetectionError) as caught:
        say(*words)
    assert str(caught.value).isprintable() or "\n  " in str(caught.value)
    assert entries() == before


def test_a_bundle_whose_evidence_is_of_something_else_is_not_registered(say: Say, place: Path) -> None:
    manifest = place / "export" / "bundle" / "evidence" / "verdict.json"
    manifest.write_text("{}")
    with pytest.raises(DetectionError, match=r"verdict\.json"):
        say("register")


@pytest.mark.parametrize("name", ["../x", "a/b", "<b>", "A", "a\x1b[31m", "", "x" * 65])
def test_a_name_that_is_none_is_not_enrolled(say: Say, place: Path, name: str) -> None:
    before = sorted(path.name for path in place.rglob("*"))
    with pytest.raises(DocumentError, match="lower-case letters"):
        say("enrol", name, "--role", "quality", "--out", "keys")
    assert sorted(path.name for path in place.rglob("*")) == before


def test_nobody_is_enrolled_twice_nor_as_the_executor(say: Say) -> None:
    with pytest.raises(DocumentError, match="is there already"):
        say("enrol", "quality-1", "--role", "quality", "--out", "keys")
    with pytest.raises(DocumentError, match="cannot take this person in"):
        say("enrol", "executor", "--role", "quality", "--out", "keys")


def test_a_key_made_elsewhere_is_enrolled_by_its_public_half(say: Say, place: Path) -> None:
    """The private half never leaves its owner's machine."""
    cli.call(["bundle", "keygen", "safety-1", "--out", str(place / "keys")])
    assert say("enrol", "safety-1", "--role", "safety", "--public", "keys/safety-1.pem").status == 0
    assert [one.id for one in read_people().people] == ["engineer-1", "quality-1", "quality-2", "safety-1"]


def test_people_written_in_one_line_are_added_to_by_hand(say: Say, place: Path) -> None:
    """The program never rewrites what people wrote; it says what to add."""
    people = place / "specs" / "people.yaml"
    people.write_text('version: 1\npeople: [{id: a, roles: [b], keys: [{public: "' + "A" * 43 + '="}]}]\n')
    before = people.read_bytes()
    with pytest.raises(DocumentError, match="add by hand"):
        say("enrol", "quality-1", "--role", "quality", "--out", "elsewhere")
    assert people.read_bytes() == before


def test_whoever_asks_a_registry_that_is_not_there_learns_how_to_make_one(say: Say, place: Path) -> None:
    (place / "registry.db").unlink()
    with pytest.raises(DetectionError):
        say("promote", "latest", "line-1/prod", *ENGINEER)


def test_there_is_nothing_to_guard_where_nothing_is_live(say: Say) -> None:
    with pytest.raises(DetectionError, match="nothing is live"):
        say("guard", "line-1/prod", "telemetry", "--dry-run")


def test_only_the_bundle_that_is_live_is_guarded(say: Say) -> None:
    """Telemetry is counted in bins that a bundle carries: another one's would be read wrongly."""
    say("promote", "latest", "line-1/dev", *ENGINEER)
    with pytest.raises(DetectionError, match="name its folder with --bundle"):
        say("guard", "line-1/dev", "telemetry", "--bundle", "export/second")
    with pytest.raises(DetectionError, match="is not a folder"):
        say("guard", "line-1/dev", "telemetry")
