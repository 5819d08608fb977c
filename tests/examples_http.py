"""A receiver of answers in the network: a real HTTP server that says what it is told to say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """What came, and where to."""

    address: str = ""
    bodies: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return "".join(self.bodies).splitlines()


@contextmanager
def serving(status_of: Callable[[int], int] = lambda request: 200, port: int = 0) -> Iterator[Server]:
    """Serve on 127.0.0.1.

    Args:
        status_of: number of the request, from 0, to what it is answered.
        port: 0 takes a free one.
    """
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = status_of(len(server.headers))
            server.headers.append(dict(self.headers))
            if status == 200:
                server.bodies.append(body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *told: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as made:
        server.address = f"http://127.0.0.1:{made.server_address[1]}/answers?site=a"
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield server
        made.shutdown()
