"""What a device's owner says it looks at."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from detection.edge.installation import config
from detection.edge.installation.config import Config
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.slots import Root


def test_what_is_written_is_read_and_no_other_user_reads_it(tmp_path: Path) -> None:
    """A camera's address may hold its password."""
    root = Root(tmp_path)
    assert config.read(root) == Config()
    said = Config("rtsp://user:word@camera/1", ("--telemetry", "/var/lib/telemetry"))
    config.write(root, said)
    assert config.read(root) == said
    assert stat.S_IMODE(root.config.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 1}',
        '{"format": 1, "source": 5, "arguments": []}',
        '{"format": 1, "source": null, "arguments": "--all"}',
        '{"format": 1, "source": null, "arguments": [], "more": 1}',
    ],
)
def test_anything_else_is_refused_and_names_the_file(tmp_path: Path, text: str) -> None:
    root = Root(tmp_path)
    root.config.write_text(text)
    with pytest.raises(InstallationError, match=r"config\.json"):
        config.read(root)
