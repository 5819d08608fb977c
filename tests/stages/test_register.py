"""What passed becomes a version; what params forbid does not; the same bundle again stays what it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.edge.trust.bundle import Bundle
from detection.errors import BundleError
from detection.outside.database.registry import Registry, open_registry
from detection.outside.registry.submissions import registering, stored
from detection.outside.registry.submissions.registering import Submission
from detection.rules.registry.registered import Number
from detection.stages import register
from tests.examples_registered import costs_of, evidenced, plain_bundle, workspace, write_costs

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ASKED = Submission("pipeline", ("b", "a", "b"), "export/bundle")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return plain_bundle(tmp_path_factory.mktemp("plain") / "bundle")


@pytest.fixture(scope="module")
def bundle(plain: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return evidenced(plain, tmp_path_factory.mktemp("first") / "bundle")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return open_registry(f"sqlite:///{tmp_path / 'registry.db'}", create=True, at=AT)


def test_a_version_is_what_its_bundle_says(bundle: Bundle) -> None:
    """Content is read from the checked bundle: digests of its evidence, figures with bounds, contract, lineage."""
    found = registering.content_of(bundle, replace(ASKED, costs=costs_of(bundle)))
    manifest = bundle.manifest
    assert (found.model, found.digest, found.counter) == ("warehouse-parcels", bundle.digest, 1)
    assert found.verdict_digest == manifest.entry("evidence/verdict.json").sha256
    assert (found.verdict, found.parity, found.risk_tier) == ("PASS", True, "medium")
    assert found.contract.inputs == (f"fp32 u8[1,3,{manifest.variants[0].height},{manifest.variants[0].width}]",)
    assert (found.resources[0].p95_ms, found.resources[0].memory_mb) == (10.2, 132.0)
    assert found.tags == ("a", "b")
    assert found.covers == ("lighting=dusk",)
    figures = {one.name: (one.value, one.lower, one.upper) for one in found.metrics}
    assert figures["ap50"] == (0.93, 0.8, 0.95)
    assert len(found.params_digest) == len(found.environment_digest) == len(found.answering_digest) == 64


def test_costs_of_another_model_are_left_out(bundle: Bundle) -> None:
    """A costs.json that a newer profile wrote does not speak of an older bundle."""
    other = replace(costs_of(bundle), rows=(replace(costs_of(bundle).rows[0], bytes=1),))
    assert registering.content_of(bundle, replace(ASKED, costs=other)).resources[0].p95_ms is None


def test_parity_of_another_runtime_does_not_hold(plain: Bundle, tmp_path: Path) -> None:
    found = registering.content_of(evidenced(plain, tmp_path / "b", runtime="00" * 32), ASKED)
    assert not found.parity


def test_a_verdict_on_other_models_is_refused(plain: Bundle, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="something else"):
        registering.content_of(evidenced(plain, tmp_path / "b", judged="00" * 32), ASKED)


def test_a_specification_of_another_version_of_the_program_is_refused(plain: Bundle, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="cannot read"):
        registering.content_of(evidenced(plain, tmp_path / "b", spec=b"governance: {risk: none}\n"), ASKED)


def test_evidence_that_is_none_is_refused(plain: Bundle) -> None:
    """The tiny bundle's verdict is an empty document."""
    with pytest.raises(BundleError, match=r"verdict\.json"):
        registering.content_of(plain, ASKED)


def test_the_same_bundle_again_stays_what_it_was(registry: Registry, bundle: Bundle) -> None:
    first = register.run(registry, bundle, ASKED, AT)
    again = register.run(registry, bundle, replace(ASKED, submitter="somebody", tags=()), AT)
    assert first == again
    assert [one.submitter for one in registry.versions()] == ["pipeline"]


def test_a_next_version_counts_from_the_one_before(registry: Registry, plain: Bundle, tmp_path: Path) -> None:
    """Its parent is the version before it where nothing was compared; numbers come in the order of registering."""
    for counter in (5, 3):
        register.run(registry, evidenced(plain, tmp_path / str(counter), counter), ASKED, AT)
    one, two = registry.versions()
    assert (one.number, one.content.counter, two.number, two.content.counter) == (
        Number(1, 0, 0),
        5,
        Number(1, 0, 1),
        3,
    )
    assert two.content.parent == one.content.digest


def test_a_bundle_is_found_in_the_cache_under_its_name(bundle: Bundle, tmp_path: Path) -> None:
    """Only if dvc.lock speaks of this very folder; else where it lies, and never a path of one machine."""
    lock = tmp_path / "dvc.lock"
    assert stored.place_of(bundle, lock) == "elsewhere"
    lock.write_text(f"outs:\n    - path: export/bundle\n      md5: {stored.cache_name(bundle)}\n")
    assert stored.place_of(bundle, lock) == f"dvc:{stored.cache_name(bundle)}"


@pytest.mark.parametrize("automatic", [True, False])
def test_the_stage_writes_what_it_did(
    plain: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, automatic: bool
) -> None:
    place = workspace(tmp_path)
    monkeypatch.chdir(place)
    write_costs(evidenced(plain, place / "export" / "bundle"), place / "data" / "profile" / "costs.json")
    params = place / "params.yaml"
    params.write_text(params.read_text().replace("automatic: true", f"automatic: {str(automatic).lower()}"))
    register.main()
    done = json.loads((place / register.OUT).read_text())
    assert done["number"] == ("1.0.0" if automatic else "")
    assert (place / "registry.db").exists() == automatic
