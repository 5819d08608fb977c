"""The review environment, a session in it, and a browser. The environment is made by ``make review``."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from detection.outside.fiftyone.launching import ENVIRONMENT, ROOT
from detection.rules.field.review.session import Session
from tests.examples_browser import CHROMIUM
from tests.examples_review import known, opened, queue, session
from tests.examples_review_tool import PATIENCE_S, Tool

FLAGS = [
    "--no-sandbox",
    "--use-gl=swiftshader",
    "--enable-webgl",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]


@pytest.fixture(scope="session")
def python() -> Path:
    """The review environment's Python."""
    made = subprocess.run(["make", "--silent", "review"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    return ROOT / ENVIRONMENT / "bin" / "python"


@pytest.fixture
def made() -> Session:
    return session(queue(4, controls=1))


@pytest.fixture
def tool(python: Path, made: Session, tmp_path: Path) -> Iterator[Tool]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    tool = Tool(python, opened(tmp_path / "session", made, (known(made.items[0], 0),)), port)
    yield tool
    tool.stop()


@pytest.fixture
def browser() -> Iterator[BrowserContext]:
    """A browser with a memory of its own; its tabs are wide and patient."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here; `apt-get install chromium` to test the App in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = started.new_context(viewport={"width": 1500, "height": 950})
        context.set_default_timeout(PATIENCE_S * 1000)
        yield context
        started.close()
