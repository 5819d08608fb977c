"""A bundle that is changed in any way is never accepted: bits, lengths, sets of files, kinds of files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.claims import ACCEPTED, EXPIRES, REFUSED, TRUST, changed, claims, decision
from benchmarks.faults.table import Fault
from tests.examples_signing import ANNA, BEN, write_signed_bundle, write_trust

PLACES = 8
SHORT_STRIDE = 53
"""In the short form one bit of so many; no divisor of 8, so that every bit of a byte has its turn."""


def faults(short: bool) -> Iterator[Fault]:
    """Every change of a signed bundle, one at a time; the bundle is whole again before each."""
    with tempfile.TemporaryDirectory() as name:
        folder, trust = Path(name) / "bundle", Path(name) / "trust"
        write_signed_bundle(folder, ANNA, BEN, counter=5, expires=EXPIRES)
        write_trust(trust, TRUST)
        yield Fault("the bundle as it was signed", ACCEPTED, decision(folder, trust))
        for group in (_bits, _some_bits, _lengths, _sets, _kinds, _swaps, _trust_bits):
            yield from group(folder, trust, short)
            yield Fault(f"the bundle again, after {group.__name__[1:]}", ACCEPTED, decision(folder, trust))
        yield from claims(folder, trust)


def files_of(folder: Path) -> list[Path]:
    """Every file of a folder, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _flipped(path: Path, bits: range | list[int], decide: Callable[[], str], name: str) -> Iterator[Fault]:
    content = path.read_bytes()
    for bit in bits:
        other = bytearray(content)
        other[bit // 8] ^= 1 << bit % 8
        with changed(path, bytes(other)):
            yield Fault(f"{name}: bit {bit % 8} of byte {bit // 8}", REFUSED, decide())


def _bits(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    for name in ("bundle.sig", "manifest.json"):
        path = folder / name
        every = range(0, 8 * path.stat().st_size, SHORT_STRIDE if short else 1)
        yield from _flipped(path, every, lambda: decision(folder, trust), name)


def _some_bits(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    for path in files_of(folder):
        last = path.stat().st_size - 1
        places = sorted({round(last * place / (PLACES - 1)) for place in range(PLACES)})
        bits = [8 * place + bit for place in places for bit in range(8)]
        name = path.relative_to(folder).as_posix()
        yield from _flipped(path, bits[:: 7 if short else 1], lambda: decision(folder, trust), name)


def _lengths(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    for path in files_of(folder):
        content, name = path.read_bytes(), path.relative_to(folder).as_posix()
        lengths = {len(content) * percent // 100: percent for percent in range(0, 100, 17 if short else 1)}
        for length, percent in lengths.items():
            with changed(path, content[:length]):
                yield Fault(f"{name}: cut to {percent} %", REFUSED, decision(folder, trust))
        for more, what in ((b"\0", "a byte"), (b"\n", "a line end"), (content, "itself")):
            with changed(path, content + more):
                yield Fault(f"{name}: {what} added", REFUSED, decision(folder, trust))


def _sets(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        for other in (path.with_name(path.name.upper()), path.with_name(f"{path.name}.bak")):
            shutil.copy(path, other)
            yield Fault(f"{name}: a second time as {other.name}", REFUSED, decision(folder, trust))
            other.unlink()
            path.rename(other)
            yield Fault(f"{name}: renamed to {other.name}", REFUSED, decision(folder, trust))
            other.rename(path)
        away = folder.with_name("away")
        path.rename(away)
        yield Fault(f"{name}: missing", REFUSED, decision(folder, trust))
        away.rename(path)
    for name in ("extra", ".hidden", "models/extra.onnx", "golden/.part", "__pycache__/x.pyc", "Models/fp32.onnx"):
        path = folder / name
        made = not path.parent.exists()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        yield Fault(f"{name}: added", REFUSED, decision(folder, trust))
        path.unlink()
        if made:
            yield Fault(f"{path.parent.name}/: an empty folder added", REFUSED, decision(folder, trust))
            path.parent.rmdir()


def _kinds(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    away = folder.with_name("away")
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        path.rename(away)
        for what, make in (
            ("a symbolic link to the same bytes", path.symlink_to),
            ("a hard link to the same bytes", path.hardlink_to),
        ):
            make(away)
            yield Fault(f"{name}: {what}", REFUSED, decision(folder, trust))
            path.unlink()
        path.symlink_to("/dev/zero")
        yield Fault(f"{name}: a link to a device", REFUSED, decision(folder, trust))
        path.unlink()
        os.mkfifo(path)
        yield Fault(f"{name}: a pipe", REFUSED, decision(folder, trust))
        path.unlink()
        path.mkdir()
        yield Fault(f"{name}: a folder", REFUSED, decision(folder, trust))
        path.rmdir()
        away.rename(path)
    for path in sorted(one for one in folder.iterdir() if one.is_dir()):
        path.rename(away)
        path.symlink_to(away)
        yield Fault(f"{path.name}/: a link to the same folder", REFUSED, decision(folder, trust))
        path.unlink()
        away.rename(path)


def _swaps(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    paths = files_of(folder)
    for number, one in enumerate(paths):
        for two in paths[number + 1 :]:
            first, second = one.read_bytes(), two.read_bytes()
            if first != second:
                with changed(one, second), changed(two, first):
                    point = f"{one.name} and {two.name} exchanged"
                    yield Fault(point, REFUSED, decision(folder, trust))


def _trust_bits(folder: Path, trust: Path, short: bool) -> Iterator[Fault]:
    for path in files_of(trust):
        every = range(0, 8 * path.stat().st_size, SHORT_STRIDE if short else 1)
        yield from _flipped(path, every, lambda: decision(folder, trust), f"trust/{path.name}")
