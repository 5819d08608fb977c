"""An installation up to the switch; the slot's own Python is a stub where its answers are not what is tested."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from detection.edge.installation import config, history, slots
from detection.edge.installation.config import Config
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.installing import Request, install
from detection.edge.installation.slots import Root
from detection.edge.installation.state import State
from detection.edge.installation.watching.program import live_of, manifest_of, words_of
from detection.edge.trust.manifest import Identity, Manifest
from detection.edge.trust.verify import verified
from detection.errors import BundleError
from detection.outside import bundles, keys
from tests.examples_devices import PYTHON, new_root, sign, stub_python, write_release, write_trust

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, a folder of trust and a stub."""
    folder = tmp_path_factory.mktemp("made")
    for counter, name in ((1, "one"), (2, "two")):
        write_release(folder / name, counter)
    write_trust(folder / "trust")
    stub_python(folder / "stub")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return new_root(tmp_path / "root")


def request(made: Path, name: str) -> Request:
    return Request(made / name, made / "trust", python=made / "stub")


def quiet(line: str) -> None:
    """Nobody listens."""


def kept(root: Root, asked: Request) -> State:
    install(root, asked, quiet)
    return slots.change(root, State.kept)


def test_a_first_and_a_second_version_go_into_two_slots(made: Path, root: Root) -> None:
    kept(root, request(made, "one"))
    after = install(root, request(made, "two"), quiet)
    assert after.running is not None
    assert after.previous is not None
    assert (after.running.counter, after.previous.counter) == (2, 1)
    assert verified(root.bundle("b")).digest == after.running.digest
    assert root.supervisor.read_bytes() == (made / "one" / "runtime.pyz").read_bytes()
    assert sorted(path.name for path in root.trust.iterdir()) == ["tester.pem", "trust.json"]
    assert [event.what for event in history.read(root)] == ["switched", "switched"]


def test_what_is_live_already_is_said_and_left(made: Path, root: Root) -> None:
    before = kept(root, request(made, "one"))
    said: list[str] = []
    assert install(root, request(made, "one"), said.append) == before
    assert said == ["colours 1 is installed already"]


def test_an_older_version_is_refused(made: Path, root: Root) -> None:
    before = kept(root, request(made, "two"))
    with pytest.raises(BundleError, match="not newer than 2"):
        install(root, request(made, "one"), quiet)
    assert slots.read(root) == before


def test_a_version_that_went_back_is_tried_again_only_when_asked(made: Path, root: Root) -> None:
    kept(root, request(made, "one"))
    install(root, request(made, "two"), quiet)
    slots.change(root, State.gone_back)
    with pytest.raises(BundleError, match="not newer than 2"):
        install(root, request(made, "two"), quiet)
    after = install(root, replace(request(made, "two"), again=True), quiet)
    assert after.running is not None
    assert after.running.counter == 2


def test_a_version_on_trial_is_not_installed_over(made: Path, root: Root, tmp_path: Path) -> None:
    kept(root, request(made, "one"))
    before = install(root, request(made, "two"), quiet)
    write_release(tmp_path / "three", 3)
    with pytest.raises(InstallationError, match="still on trial"):
        install(root, replace(request(made, "two"), bundle=tmp_path / "three"), quiet)
    assert slots.read(root) == before


def test_one_installation_at_a_time(made: Path, root: Root) -> None:
    with slots.held(root, "installing"), pytest.raises(InstallationError, match="another installation"):
        install(root, request(made, "one"), quiet)


def test_a_device_that_trusts_nobody_asks_whom(made: Path, root: Root) -> None:
    with pytest.raises(InstallationError, match="--trust"):
        install(root, replace(request(made, "one"), trust=None), quiet)
    assert slots.read(root) == State()


def test_the_trust_of_the_first_installation_decides_from_then_on(made: Path, root: Root, tmp_path: Path) -> None:
    kept(root, request(made, "one"))
    other = write_trust(tmp_path / "other", keys.generate("stranger"))
    install(root, replace(request(made, "two"), trust=other), quiet)
    assert [path.name for path in root.trust.glob("*.pem")] == ["tester.pem"]


def test_an_expired_bundle_is_not_installed(made: Path, root: Root, tmp_path: Path) -> None:
    release = write_release(tmp_path / "old", 1)
    sign(release.folder, release.manifest, expires="2001-01-31")
    with pytest.raises(BundleError, match="may be installed until 2001-01-31"):
        install(root, replace(request(made, "one"), bundle=release.folder), quiet)


def test_a_bundle_that_changed_since_its_signatures_were_checked_is_refused(made: Path, root: Root) -> None:
    with pytest.raises(BundleError, match="changed since its signatures were checked"):
        install(root, replace(request(made, "one"), manifest_sha256="0" * 64), quiet)


def test_the_slots_own_python_finds_a_foreign_signature(made: Path, root: Root, tmp_path: Path) -> None:
    """The second check does not rely on the first."""
    kept(root, request(made, "one"))
    release = write_release(tmp_path / "three", 3)
    sign(release.folder, release.manifest, keys.generate("stranger"))
    before = slots.read(root)
    with pytest.raises(InstallationError, match="not trusted"):
        install(root, Request(release.folder, python=PYTHON), quiet)
    after = slots.read(root)
    assert after.running == before.running
    assert list(root.slot("b").iterdir()) == []
    assert history.read(root)[-1].what == "failed"


def test_a_bundle_that_answers_otherwise_here_is_not_switched_to(made: Path, root: Root, tmp_path: Path) -> None:
    expected = (made / "one" / "golden" / "expected.json").read_bytes()
    release = write_release(tmp_path / "odd", 3, changed={"golden/expected.json": expected.replace(b"0.4", b"0.3")})
    with pytest.raises(InstallationError, match="does not answer here"):
        install(root, replace(request(made, "one"), bundle=release.folder, python=PYTHON), quiet)
    assert slots.read(root).live is None


def test_nothing_but_the_standard_library_is_needed() -> None:
    """An installer runs before any package is there."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from detection.edge.verbs import history, install, rollback, status, supervise\n"
        "print([name for name in ('numpy', 'cv2', 'onnxruntime', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"


def test_the_manifest_of_a_slot_says_what_the_state_says(made: Path, root: Root) -> None:
    after = install(root, request(made, "one"), quiet)
    manifest = Manifest.from_bytes((root.bundle("a") / "manifest.json").read_bytes())
    assert after.running is not None
    assert (manifest.name, manifest.counter) == (after.running.name, after.running.counter)
    assert after.trial is not None
    assert after.trial.left_s == manifest.watch.window_s


def card_release(folder: Path) -> None:
    """A release for a device whose card needs an engine of its own."""
    made = write_release(folder, 2)
    known = {field.name: getattr(made.manifest, field.name) for field in fields(Identity)}
    targets = tuple(replace(target, engine="tensorrt") for target in made.manifest.targets)
    contents = {entry.name: made.read(entry.name) for entry in made.manifest.files}
    sign(folder, bundles.write(folder, Identity(**known | {"targets": targets}), contents).manifest)


def test_an_engine_that_cannot_be_built_leaves_the_old_version_live(made: Path, root: Root, tmp_path: Path) -> None:
    before = kept(root, request(made, "one"))
    card_release(tmp_path / "card")
    building = tmp_path / "building"
    building.write_text('#!/bin/sh\nfor word in "$@"; do [ "$word" = build ] && echo no card && exit 1; done\nexit 0\n')
    building.chmod(0o755)
    with pytest.raises(InstallationError, match=r"no engine can be built.*no card"):
        install(root, Request(tmp_path / "card", python=building), quiet)
    found = slots.read(root)
    assert found.running == before.running
    assert list(root.slot(found.spare).iterdir()) == []


def test_the_engine_that_was_built_is_what_is_tested_and_run(made: Path, root: Root, tmp_path: Path) -> None:
    card_release(tmp_path / "card")
    noting = tmp_path / "noting"
    noting.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/words\n')
    noting.chmod(0o755)
    after = install(root, Request(tmp_path / "card", made / "trust", python=noting), quiet)
    live = live_of(after)
    assert live is not None
    engine = str(root.slot(live.slot) / "engines" / "cpu-plain.engine")
    asked = [line.split()[2:] for line in (tmp_path / "words").read_text().splitlines()]
    assert [words[0] for words in asked] == ["verify", "build", "selftest"]
    assert asked[1][-2:] == ["--output", engine]
    assert asked[2][-2:] == ["--engine", engine]
    words = words_of(root, live, manifest_of(root, live), on_trial=True)
    assert words is not None
    assert words[words.index("--engine") + 1] == engine


def test_what_to_look_at_is_known_before_the_switch(
    made: Path, root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A supervisor that runs starts the new version in the very moment of the switch."""
    config.write(root, Config("old", ("--newest",)))
    rename, known = Path.rename, list[Config]()

    def watched(self: Path, target: Path) -> Path:
        known.extend([config.read(root)] if target == root.state else [])
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    install(root, replace(request(made, "one"), source="rtsp://camera/1"), quiet)
    assert known[-1] == Config("rtsp://camera/1", ("--newest",))
