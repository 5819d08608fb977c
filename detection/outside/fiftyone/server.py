"""FiftyOne's server, shut in: one address, one name, of all files the session's frames only, and no write over another.

Run in ``.venv-review`` by :mod:`detection.outside.fiftyone.program`, which sets the environment it reads when it is
imported.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ADDRESS = "127.0.0.1"
POLICY = (
    b"default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    b"style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'"
)
"""The App is written with scripts and styles in its page; what matters is that all of it comes from here."""
TOLD = [(b"content-security-policy", POLICY), (b"x-dns-prefetch-control", b"off"), (b"referrer-policy", b"no-referrer")]
"""With every answer; a browser would look up the names that the App's page links to, before anybody follows a link."""


STALE = 412
"""Status of a write whose version is not the newest."""


class Shut:
    """Stands before the server: refuses other host names, so that no page of the web can reach it, and other files."""

    def __init__(self, app: Application, frames: Path, port: int) -> None:
        self._app = app
        self._frames = frames.resolve()
        self._hosts = {f"{name}:{port}".encode() for name in (ADDRESS, "localhost")}
        self._writing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] == "http" and (status := self._refused(scope)):
            head = [(b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": status, "headers": head})
            await send({"type": "http.response.body", "body": b"not served here\n"})
            return
        async with self._writing if _writes(scope) else nullcontext():
            await self._app(scope, receive, _with_policy(send))

    def _refused(self, scope: Scope) -> int:
        """The status of a refusal; 0 for none."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if headers.get(b"host") not in self._hosts or origin not in {None, *(b"http://" + h for h in self._hosts)}:
            return 403
        if scope["path"].rstrip("/").endswith("/media"):
            wanted = parse_qs(scope["query_string"].decode("latin-1")).get("filepath", [""])[0]
            return 0 if Path(wanted).resolve().parent == self._frames else 404
        return 0


def _writes(scope: Scope) -> bool:
    """One after the other: an edit replaces the whole sample, with a decision that came while it was made."""
    if scope["type"] != "http":
        return False
    return str(scope["method"]) == "PATCH" or str(scope["path"]).endswith("/operators/execute")


def _with_policy(send: Send) -> Send:
    """Answers that tell the browser to ask nobody else (the App's page would fetch fonts), and stale writes refused.

    To a write that is refused as stale, FiftyOne answers with the newest sample; the App takes its token, and writes
    what its own tab shows over what another tab has saved. Without it, the App says that the page must be loaded again.
    """
    stale = False

    async def told(message: MutableMapping[str, Any]) -> None:
        nonlocal stale
        if message["type"] == "http.response.start":
            stale = message["status"] == STALE
            message["headers"] = [*(() if stale else message.get("headers", ())), *TOLD]
        elif stale and message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return told


def main(port: int, frames: Path) -> None:
    """Serve until the process is told to stop."""
    os.environ["FIFTYONE_SERVER"] = "1"
    from fiftyone.server.app import app
    from fiftyone.server.events import set_port
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    set_port(port)
    config = Config()
    config.bind = [f"{ADDRESS}:{port}"]
    config.loglevel = "WARNING"
    shut: Any = Shut(app, frames, port)
    asyncio.run(serve(shut, config))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
