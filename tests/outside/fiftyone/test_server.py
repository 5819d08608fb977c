"""FiftyOne's server, shut in, as a stranger on this machine or in the browser meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from detection.rules.field.review.session import Session
from tests.examples_review_tool import PATIENCE_S, Tool, status_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.environment,
    pytest.mark.skipif(sys.platform != "linux", reason="sockets are looked at with Linux' tools"),
]


def test_only_the_sessions_frames_are_served_and_only_to_this_machine(tool: Tool, made: Session) -> None:
    """As it comes, FiftyOne serves every file that the user may read, to every page that finds its port."""
    assert tool.serve()
    frame = tool.folder / "frames" / Path(made.items[0].file).name
    assert status_of(tool, f"/media?filepath={frame}") == 200
    assert status_of(tool, "/media?filepath=/etc/passwd") == 404
    assert status_of(tool, f"/media?filepath={frame.parent}/../session.json") == 404
    assert status_of(tool, "/", "Host: evil.example") == 403
    assert status_of(tool, "/", "Origin: http://evil.example") == 403
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    assert f"127.0.0.1:{tool.port}" in listening
    assert "27017" not in listening
    second = Tool(Path(tool.python), tool.folder, tool.port)
    second.serve()
    assert second.process is not None
    _, told = second.process.communicate(timeout=PATIENCE_S)
    assert "is open in the App" in told
