"""``export/install.sh`` as a technician calls it: trust first, then the installation, as a user without rights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from detection.edge.installation import slots
from detection.edge.installation.slots import Root
from detection.outside import keys
from tests.examples_devices import SIGNER, SMALL, sign, stub_python, write_release, write_trust

ROOT = Path(__file__).resolve().parents[2]
DOCK = ROOT / "export"
NOBODY = 65534
BEN = keys.generate("ben")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_release(folder / "one", 1)
    write_trust(folder / "trust")
    stub_python(folder / "stub")
    return folder


def installed(*words: object, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {**os.environ, "PATH": path or os.environ["PATH"]}
    line = ["sh", str(DOCK / "install.sh"), *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=False, env=environment)


def refused(bundle: Path, made: Path, root: Path, *words: object) -> str:
    """What is said; nothing of the bundle may have been run, nor anything written."""
    trap = bundle / "runtime.pyz"
    assert trap.exists()
    done = installed(bundle, "--root", root, "--trust", made / "trust", "--environment", made / "stub", *words)
    assert done.returncode == 1, done.stderr
    assert not root.exists()
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_the_script_is_plain_shell(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    words = [shell, "sh"] if shell == "busybox" else [shell]
    assert subprocess.run([*words, "-n", str(DOCK / "install.sh")], check=False).returncode == 0


def test_help_names_every_option() -> None:
    done = installed("--help")
    assert done.returncode == 0
    for option in ("--root", "--trust", "--target", "--wheels", "--source", "--environment", "--again"):
        assert option in done.stdout
    assert "set -eu" not in done.stdout
    assert installed().returncode == 1
    assert "is no option" in installed("--strange").stderr


def test_a_signed_bundle_is_installed_and_kept(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "device with a blank"
    words = ("--root", root, "--trust", made / "trust", "--environment", made / "stub")
    done = installed(made / "one", *words)
    assert done.returncode == 0, done.stderr
    assert slots.read(Root(root)).live == "a"
    again = installed(made / "one", "--root", root)
    assert again.returncode == 0
    assert "installed already" in again.stderr
    status = [sys.executable, "-I", str(root / "supervisor.pyz"), "status", str(root)]
    told = subprocess.run(status, capture_output=True, text=True, check=False)
    assert told.returncode == 0
    assert "every file as it should be" in told.stdout


@pytest.mark.parametrize("name", ["manifest.json", "runtime.pyz", "requirements.txt", "bundle.sig"])
def test_a_changed_byte_of_what_is_signed_is_refused_before_anything_is_run(
    made: Path, tmp_path: Path, name: str
) -> None:
    bundle = tmp_path / "changed"
    shutil.copytree(made / "one", bundle)
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(bytes(content))
    assert "error:" in refused(bundle, made, tmp_path / "root")


def test_a_stranger_a_link_and_no_signature_are_refused(made: Path, tmp_path: Path) -> None:
    release = write_release(tmp_path / "foreign", 1)
    sign(release.folder, release.manifest, BEN)
    assert "not trusted here" in refused(release.folder, made, tmp_path / "root")
    (release.folder / "bundle.sig").unlink()
    assert "bundle.sig: is no plain file" in refused(release.folder, made, tmp_path / "root")
    (release.folder / "bundle.sig").symlink_to(made / "one" / "bundle.sig")
    assert "bundle.sig: is no plain file" in refused(release.folder, made, tmp_path / "root")


def test_two_of_two_must_sign(made: Path, tmp_path: Path) -> None:
    trust = write_trust(tmp_path / "trust", SIGNER, BEN, threshold=2)
    words = ("--root", tmp_path / "root", "--trust", trust, "--environment", made / "stub")
    done = installed(made / "one", *words)
    assert done.returncode == 1
    assert "1 good signature(s) by trusted keys; expected 2" in done.stderr
    release = write_release(tmp_path / "both", 1)
    sign(release.folder, release.manifest, SIGNER, BEN)
    assert installed(release.folder, *words).returncode == 0


def test_a_device_is_not_talked_out_of_its_trust(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    assert (
        installed(made / "one", "--root", root, "--trust", made / "trust", "--environment", made / "stub").returncode
        == 0
    )
    release = write_release(tmp_path / "two", 2)
    sign(release.folder, release.manifest, BEN)
    stranger = write_trust(tmp_path / "stranger", BEN)
    done = installed(release.folder, "--root", root, "--trust", stranger, "--environment", made / "stub")
    assert done.returncode == 1
    assert "not trusted here" in done.stderr


def test_without_trust_or_openssl_it_says_so(made: Path, tmp_path: Path) -> None:
    assert "--trust" in installed(made / "one", "--root", tmp_path / "root").stderr
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "sed"):
        (tools / name).symlink_to(shutil.which(name) or name)
    assert "openssl is missing" in installed(made / "one", path=str(tools)).stderr


def test_the_service_is_one_that_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    unit = tmp_path / "detection.service"
    unit.write_bytes((DOCK / "detection.service").read_bytes())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.slow
@pytest.mark.environment
def test_another_user_installs_runs_and_goes_back() -> None:
    """Two versions by somebody without rights, packages from the registry, watched for real, then a rollback."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root becomes another user, by setpriv")
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        requirements = {"requirements.txt": (ROOT / "requirements" / "edge.txt").read_bytes()}
        for counter, name in ((1, "one"), (2, "two")):
            write_release(folder / name, counter, SMALL, requirements)
        write_trust(folder / "trust")
        for name in ("install.sh", "check_signatures.py"):
            shutil.copy(DOCK / name, folder / name)
        home = folder / "home"
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        root = home / "root"
        words = [folder / "install.sh", folder / "one", "--root", root, "--trust", folder / "trust"]
        done = as_nobody(*words)
        assert done.returncode == 0, done.stderr
        done = as_nobody(folder / "install.sh", folder / "two", "--root", root, "--environment", slot_python(root))
        assert done.returncode == 0, done.stderr
        assert {path.lstat().st_uid for path in root.rglob("*")} == {NOBODY}
        program = ["python3", "-I", root / "supervisor.pyz"]
        back = as_nobody(*program, "rollback", root, "--reason", "a test")
        assert "colours 1 is live again" in back.stdout
        told = as_nobody(*program, "status", root)
        assert told.returncode == 0
        assert "slot a: colours 1 as cpu-plain" in told.stdout
        assert [line.split()[2] for line in as_nobody(*program, "history", root).stdout.splitlines()] == [
            "switched:", "kept:", "switched:", "kept:", "rolled",
        ]  # fmt: skip
    finally:
        shutil.rmtree(folder)


def slot_python(root: Path) -> Path:
    """The environment that the first installation made."""
    return root / "slots" / "a" / "environment" / "bin" / "python"


def as_nobody(*words: object) -> subprocess.CompletedProcess[str]:
    line = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *map(str, words)]
    environment = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    environment |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "TMPDIR": "/tmp"}
    return subprocess.run(line, capture_output=True, text=True, check=False, env=environment, cwd="/")
