"""Devices' keys: shown once, kept as digests, gone when removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.outside.telemetry import device_keys
from detection.outside.telemetry.device_keys import DeviceKeyError


def test_a_key_is_its_devices_and_is_not_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    one, two = device_keys.add(path, "line-1"), device_keys.add(path, "line-2")
    keys = device_keys.read(path)
    assert (keys.device_of(one), keys.device_of(two)) == ("line-1", "line-2")
    assert [keys.device_of(other) for other in ("", one[:-1], one + "x", one.upper())] == [None] * 4
    assert one not in path.read_text()


def test_a_removed_key_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key = device_keys.add(path, "line-1")
    device_keys.remove(path, "line-1")
    assert device_keys.read(path).device_of(key) is None
    with pytest.raises(DeviceKeyError, match="has no key"):
        device_keys.remove(path, "line-1")
    assert device_keys.add(path, "line-1") != key


def test_a_device_has_one_key(tmp_path: Path) -> None:
    device_keys.add(tmp_path / "keys.json", "line-1")
    with pytest.raises(DeviceKeyError, match="key remove line-1"):
        device_keys.add(tmp_path / "keys.json", "line-1")


@pytest.mark.parametrize("name", ["", "Line", "../x", "a b", "x" * 65])
def test_a_device_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeviceKeyError, match="must match"):
        device_keys.add(tmp_path / "keys.json", name)


@pytest.mark.parametrize("content", ["", "[]", '{"format": 1}', '{"format": 1, "devices": {"a": "short"}}'])
def test_what_is_no_file_of_keys_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(DeviceKeyError, match="no file of keys"):
        device_keys.read(tmp_path / "keys.json")


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DeviceKeyError, match="key add"):
        device_keys.read(tmp_path / "keys.json")
