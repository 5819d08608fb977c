"""Keys by which a receiver knows its devices. The file holds digests: whoever reads it can send nothing.

A key is 32 random bytes, so one SHA-256 of it is as good as a slow hash: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.edge.telemetry.records import DEVICE
from detection.errors import BundleError, DetectionError
from detection.outside import files

_FORMAT = 1
_PREFIX = "dk1_"
_DIGEST = r"[0-9a-f]{64}"


class DeviceKeyError(DetectionError):
    """A device's key cannot be made or removed as asked: do what the message says."""


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """Who may send.

    Attributes:
        devices: digest of a key to the device's name.
    """

    devices: Mapping[str, str]

    def device_of(self, key: str) -> str | None:
        """Whose key this is; None of nobody's."""
        return self.devices.get(hashlib.sha256(key.encode()).hexdigest())


def read(path: Path) -> DeviceKeys:
    """Read the file.

    Raises:
        DeviceKeyError: missing, or no file of keys.
    """
    try:
        value = checked.parse(path.read_bytes(), str(path))
        fields = checked.Fields(value, str(path), ("format", "devices"))
        fields.whole("format", _FORMAT, _FORMAT)
        entries = checked.entries(fields.any("devices"), f"{path}: devices")
        named = {
            device: checked.Fields(entries, f"{path}: devices", entries).text(device, _DIGEST) for device in entries
        }
        for device in named:
            checked.Fields({"device": device}, str(path), ("device",)).text("device", DEVICE)
    except FileNotFoundError as error:
        raise DeviceKeyError(
            f"{path}: no such file; make the first key with `detection telemetry key add DEVICE --keys {path}`"
        ) from error
    except (OSError, BundleError) as error:
        raise DeviceKeyError(f"{path}: is no file of keys ({error}); bring it back from a copy") from error
    return DeviceKeys({digest: device for device, digest in named.items()})


def add(path: Path, device: str) -> str:
    """Make a key for a device that has none; the file is made if it is not there.

    Returns:
        The key: shown once, kept nowhere.

    Raises:
        DeviceKeyError: the name is none, or the device has a key.
        DiskError: the disk refuses.
    """
    if re.fullmatch(DEVICE, device) is None:
        raise DeviceKeyError(f"a device's name must match {DEVICE}, got {device!r}; choose another")
    keys = read(path).devices if path.exists() else {}
    if device in keys.values():
        raise DeviceKeyError(f"{path}: {device} has a key; `detection telemetry key remove {device}` first")
    key = _PREFIX + secrets.token_urlsafe(32)
    _write(path, {**keys, hashlib.sha256(key.encode()).hexdigest(): device})
    return key


def remove(path: Path, device: str) -> None:
    """Take nothing from a device any more.

    Raises:
        DeviceKeyError: it has no key.
        DiskError: the disk refuses.
    """
    keys = read(path).devices
    if device not in keys.values():
        raise DeviceKeyError(f"{path}: {device} has no key; `detection telemetry key list` shows who has")
    _write(path, {digest: name for digest, name in keys.items() if name != device})


def _write(path: Path, devices: Mapping[str, str]) -> None:
    files.write_json(path, {"format": _FORMAT, "devices": {name: digest for digest, name in devices.items()}})
