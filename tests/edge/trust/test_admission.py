"""What may be installed: the same product, newer, not expired, made for this machine."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from detection.edge.settings import Settings
from detection.edge.trust.admission import Device, admitted
from detection.edge.trust.manifest import FileEntry, Manifest, Target, Variant
from detection.edge.trust.statement import statement_of
from detection.errors import BundleError
from tests.examples_bundles import WATCH

TARGETS = (
    Target("box-a", "x86_64", "onnxruntime", "fp32", 50, 400),
    Target("box-b", "x86_64", "onnxruntime", "fp32", 30, 300),
    Target("card", "aarch64", "tensorrt", "fp32", 30, 900),
)
MANIFEST = Manifest(
    "parcels", 3, ("box",), Settings(0.6, 0.01, 100), 1000, "0" * 64,
    (Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", 64, 64),), TARGETS, WATCH,
    tuple(FileEntry(name, 1, "1" * 64) for name in ("models/fp32.onnx", "requirements.txt", "runtime.pyz")),
)  # fmt: skip
STATEMENT = statement_of(MANIFEST, "2027-06-30")
DEVICE = Device("x86_64", "parcels", 2, datetime.date(2027, 6, 30))


def test_the_first_target_of_the_machine_is_the_default() -> None:
    assert admitted(MANIFEST, STATEMENT, DEVICE).id == "box-a"
    assert admitted(MANIFEST, STATEMENT, DEVICE, "box-b").id == "box-b"
    assert admitted(MANIFEST, STATEMENT, replace(DEVICE, machine="aarch64")).id == "card"


def test_an_empty_device_takes_any_product() -> None:
    assert admitted(MANIFEST, STATEMENT, replace(DEVICE, name=None, counter=-1)).id == "box-a"


@pytest.mark.parametrize(
    ("device", "target", "said"),
    [
        (replace(DEVICE, counter=3), None, "not newer than 3"),
        (replace(DEVICE, counter=4), None, "not newer than 4"),
        (replace(DEVICE, today=datetime.date(2027, 7, 1)), None, "until 2027-06-30"),
        (replace(DEVICE, name="pallets"), None, "runs 'pallets'"),
        (replace(DEVICE, machine="riscv64"), None, "machine is riscv64"),
        (DEVICE, "card", "asked for card"),
        (DEVICE, "box-c", "asked for box-c"),
    ],
    ids=["same-counter", "older", "expired", "other-product", "other-machine", "target-of-others", "unknown-target"],
)
def test_everything_else_is_refused_with_the_reason(device: Device, target: str | None, said: str) -> None:
    with pytest.raises(BundleError, match=said):
        admitted(MANIFEST, STATEMENT, device, target)
