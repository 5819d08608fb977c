"""``config.json``: what the supervisor starts on this device; written by its owner, not by a bundle."""

from __future__ import annotations

from dataclasses import dataclass

from detection.edge import checked
from detection.edge.installation import disk
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.slots import Root
from detection.errors import BundleError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Config:
    """What to look at, and what to do with the answers.

    Attributes:
        source: as ``run`` takes it; None runs nothing but trials, which then look at the bundle's golden frames.
        arguments: more words for ``run``, such as ``--telemetry DIR``.
    """

    source: str | None = None
    arguments: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        return checked.canonical({"format": FORMAT, "source": self.source, "arguments": list(self.arguments)})


def read(root: Root) -> Config:
    """The device's configuration; an empty one where there is no file.

    Raises:
        InstallationError: it cannot be read, or is not one.
    """
    try:
        content = root.config.read_bytes()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise InstallationError(f"{root.config}: cannot be read ({error.strerror or error}); mend it") from error
    try:
        fields = checked.Fields(
            checked.parse(content, str(root.config)), str(root.config), ("format", "source", "arguments")
        )
        fields.whole("format", FORMAT, FORMAT)
        source = None if fields.any("source") is None else fields.text("source", r"[^\x00-\x1f\x7f]{1,4096}")
        return Config(source, fields.many("arguments", _word))
    except BundleError as error:
        raise InstallationError(f"{error.headline.split(';')[0]}; mend {root.config}") from error


def write(root: Root, config: Config) -> None:
    """Replace it; readable by its owner alone, for a camera's address may hold a password.

    Raises:
        InstallationError: the disk refused.
    """
    try:
        disk.write(root.config, config.to_bytes(), mode=0o600)
    except OSError as error:
        raise InstallationError(f"{root.config}: cannot be written ({error.strerror or error}); free space") from error


def _word(value: object, where: str) -> str:
    return checked.Fields({"word": value}, where, ("word",)).text("word", r"[^\x00-\x1f\x7f]{1,4096}")
