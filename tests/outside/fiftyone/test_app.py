"""The review tool for real: FiftyOne with its MongoDB, the App in a browser, a database that is killed.

The environment is made by ``make review``; the browser is the machine's own Chromium.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from typer.testing import CliRunner

from detection.commands import review
from detection.outside.documents import read_value
from detection.outside.fiftyone.launching import ENVIRONMENT, ROOT
from detection.outside.fiftyone.program import ANSWERS
from detection.rules.field.review import home
from detection.rules.field.review.session import Answers, Session
from tests.examples_review import known, opened, predictions, queue, session, workspace

pytestmark = [pytest.mark.slow, pytest.mark.environment]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--use-gl=swiftshader",
    "--enable-webgl",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
PATIENCE_S = 300
MODAL = "[data-cy=modal]"


@pytest.fixture(scope="module")
def python() -> Path:
    """The review environment's Python."""
    made = subprocess.run(["make", "--silent", "review"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    return ROOT / ENVIRONMENT / "bin" / "python"


class Tool:
    """The review tool on a session."""

    def __init__(self, python: Path, folder: Path, port: int) -> None:
        self._words = [str(python), "-m", "detection.outside.fiftyone.program"]
        self._variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.folder, self.port = folder, port
        self.process: subprocess.Popen[str] | None = None

    def serve(self) -> str:
        """Start it; the address it prints, or nothing if it ends before."""
        words = [*self._words, "serve", str(self.folder), str(self.port)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(words, env=self._variables, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload]
        assert self.process is not None
        assert self.process.stdout is not None
        return str(self.process.stdout.readline()).strip()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=PATIENCE_S)

    def collect(self) -> Answers:
        """What is in its database."""
        words = [*self._words, "collect", str(self.folder)]
        done = subprocess.run(words, env=self._variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return self.answers()

    def answers(self) -> Answers:
        """What it has written."""
        return read_value(Answers, self.folder / ANSWERS)

    def until(self, holds: Callable[[Answers], bool]) -> Answers:
        """Wait for a safety copy of which something holds."""
        for _ in range(PATIENCE_S):
            if (self.folder / ANSWERS).is_file() and holds(found := self.answers()):
                return found
            time.sleep(1)
        raise AssertionError(f"not within {PATIENCE_S} s: {self.answers()}")


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
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here; `apt-get install chromium` to test the App in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = started.new_page(viewport={"width": 1500, "height": 950})
        tab.set_default_timeout(PATIENCE_S * 1000)
        yield tab
        started.close()


@pytest.mark.browser
def test_a_reviewer_draws_edits_deletes_decides_and_closes(
    tool: Tool, made: Session, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way of a person: everything said in the App comes home as it was said, and nothing else."""
    page.goto(tool.serve())
    _open(page, 0)
    _draw(page)
    tool.until(lambda said: len(said.answers[0].boxes) == 1)
    _decide(page, "Accept")
    tool.until(lambda said: said.answers[0].decision == "accept")
    _next(page)
    _edit(page)
    tool.until(lambda said: len(said.answers[1].boxes) == 1)
    _decide(page, "Fixed")
    tool.until(lambda said: said.answers[1].decision == "fix")
    for place in (2, 3):
        _next(page)
        _decide(page, "Accept")
        tool.until(lambda said, place=place: said.answers[place].decision == "accept")  # type: ignore[misc]
    tool.stop()
    answers = tool.answers()
    assert answers.complete
    blind, fixed, *rest = home.bring(made, answers, partial=False).brought
    assert (blind.labels, blind.origins) == (("box",), ("added",))
    assert (fixed.origins, fixed.removed) == (("changed",), 1)
    assert fixed.corners[0, 0] == pytest.approx(0.25 * 320)
    assert [one.origins for one in rest] == [("kept", "kept")] * 2
    assert answers == tool.collect()
    _closes(tool, monkeypatch)


def test_a_killed_database_loses_nothing(tool: Tool, made: Session) -> None:
    """Killed in the middle: the tool says so and ends with status 1, and the next start has all that was decided."""
    assert tool.serve().startswith("http://localhost:")
    database = _database_of(tool)
    _decide_directly(tool, database, made.items[1].frame, "unsure")
    os.kill(database.pid, signal.SIGKILL)
    assert tool.process is not None
    _, told = tool.process.communicate(timeout=PATIENCE_S)
    assert tool.process.returncode == 1
    assert re.search(r"error: .*review database .* run the same command again", told), told
    found = {answer.frame: answer for answer in tool.collect().answers}
    assert found[made.items[1].frame].decision == "unsure"
    assert len(found) == len(made.items)


def test_only_the_sessions_frames_are_served_and_only_to_this_machine(tool: Tool, made: Session) -> None:
    """As it comes, FiftyOne serves every file that the user may read, to every page that finds its port."""
    tool.serve()
    frame = tool.folder / "frames" / Path(made.items[0].file).name
    assert _status(tool, f"/media?filepath={frame}") == 200
    assert _status(tool, "/media?filepath=/etc/passwd") == 404
    assert _status(tool, f"/media?filepath={frame.parent}/../session.json") == 404
    assert _status(tool, "/", "Host: evil.example") == 403
    assert _status(tool, "/", "Origin: http://evil.example") == 403
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    assert f"127.0.0.1:{tool.port}" in listening
    assert "27017" not in listening
    second = Tool(Path(tool._words[0]), tool.folder, tool.port)
    second.serve()
    assert second.process is not None
    _, told = second.process.communicate(timeout=PATIENCE_S)
    assert "is open in the App" in told


def _closes(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is closed as people close it: the box drawn blind is the expert's, so all of it comes home."""
    workspace(tool.folder.parent / "workspace", monkeypatch, controls=1)
    line = ["close", str(tool.folder), "--annotator", "reviewer-1"]
    done = CliRunner(env={"COLUMNS": "220"}).invoke(review.app, line, catch_exceptions=False)
    assert "4 frames, 6 boxes by reviewer-1" in done.output
    assert "agreement on 1 blind frames: F1 1.000" in done.output


def _dismiss(page: Page) -> None:
    """The App's own advertisement goes, if it comes."""
    page.wait_for_timeout(4000)
    if page.get_by_text("Dismiss").count():
        page.get_by_text("Dismiss").first.click()


def _next(page: Page) -> None:
    """The frame after the one that is open."""
    page.locator(f"{MODAL} [data-cy=panel-tab-fo-sample-modal-plugin]").click()
    page.locator("[data-cy=nav-right-button]").click()
    page.wait_for_timeout(2000)


def _open(page: Page, place: int) -> None:
    looker = page.locator("[data-cy=looker]").nth(place)
    looker.wait_for()
    _dismiss(page)
    looker.hover()
    page.wait_for_timeout(500)
    looker.click(position={"x": 30, "y": 120})
    page.locator(MODAL).wait_for()


def _draw(page: Page) -> None:
    """A box over the first parcel of the frame, drawn with the mouse."""
    page.locator("[data-cy=annotate]").click()
    canvas = page.locator("[data-cy=lighter-sample-renderer-canvas]")
    canvas.wait_for()
    page.wait_for_timeout(3000)
    page.locator("[data-cy=detection-mode]").click()
    place = canvas.bounding_box()
    assert place is not None
    scale = min(place["width"] / 320, place["height"] / 240)
    left = place["x"] + (place["width"] - 320 * scale) / 2
    top = place["y"] + (place["height"] - 240 * scale) / 2
    one = predictions(0)[0]
    page.mouse.move(left + one.x1 * scale, top + one.y1 * scale)
    page.mouse.down()
    page.mouse.move(left + (one.x1 + one.x2) / 2 * scale, top + (one.y1 + one.y2) / 2 * scale, steps=5)
    page.mouse.move(left + one.x2 * scale, top + one.y2 * scale, steps=5)
    page.mouse.up()


def _edit(page: Page) -> None:
    """The first box gets another left edge, the second one goes."""
    page.wait_for_timeout(2000)
    if page.locator("[data-cy=annotate]").count():
        page.locator("[data-cy=annotate]").click()
    labels = page.locator("[data-cy^=annotate-label-]")
    labels.nth(1).wait_for()
    page.wait_for_timeout(2000)
    labels.first.click()
    field = page.locator("[data-cy=root_position_x_container] input")
    field.fill("0.25")
    field.press("Enter")
    page.wait_for_timeout(1500)
    page.locator("[data-cy=annotate-edit-back]").click()
    labels.nth(1).click()
    page.locator("[data-cy=label-menu-trigger]").click()
    page.get_by_text("Delete label").click()


def _decide(page: Page, word: str) -> None:
    """A button of our panel in the opened frame."""
    if page.locator("[data-cy=explore]").count():
        page.locator("[data-cy=explore]").click()
    page.wait_for_timeout(1000)
    tab = page.locator(f"{MODAL} [data-cy=panel-tab-progress]")
    if tab.count():
        tab.click()
    else:
        page.locator(f"{MODAL} [data-cy=new-panel-btn]").click()
        page.get_by_text("Review", exact=True).last.click()
    page.get_by_text(f"{word}:").last.click()


class _Database:
    """The database server of a tool."""

    def __init__(self, pid: int, socket: str) -> None:
        self.pid, self.socket = pid, socket


def _database_of(tool: Tool) -> _Database:
    assert tool.process is not None
    told = subprocess.run(
        ["ps", "-ww", "--ppid", str(tool.process.pid), "-o", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    line = next(line for line in told.splitlines() if "mongod" in line)
    found = re.search(r"--bind_ip (\S+)", line)
    assert found is not None
    return _Database(int(line.split()[0]), found[1])


def _decide_directly(tool: Tool, database: _Database, frame: str, decision: str) -> None:
    """What the App's server does with a decision, without the App."""
    program = (
        "import sys, pymongo\n"
        "from urllib.parse import quote\n"
        "client = pymongo.MongoClient(f'mongodb://{quote(sys.argv[1], safe=str())}/?journal=true')\n"
        "base = client['fiftyone']\n"
        "name = base['datasets'].find_one({'name': 'review'})['sample_collection_name']\n"
        "done = base[name].update_one({'frame': sys.argv[2]}, {'$set': {'decision': sys.argv[3]}})\n"
        "assert done.modified_count == 1\n"
    )
    subprocess.run([tool._words[0], "-c", program, database.socket, frame, decision], check=True)


def _status(tool: Tool, path: str, *headers: str) -> int:
    lines = [f"GET {path} HTTP/1.1", *headers, "Connection: close"]
    if not any(header.startswith("Host:") for header in headers):
        lines.append(f"Host: localhost:{tool.port}")
    with socket.create_connection(("127.0.0.1", tool.port), PATIENCE_S) as stream:
        stream.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(stream.makefile("rb").readline().split()[1])


if sys.platform != "linux":
    pytestmark.append(pytest.mark.skip(reason="sockets and process trees are looked at with Linux' tools"))
