"""A camera in the network that behaves as badly as it is told: RTSP with MJPEG over RTP in one TCP connection.

Written after RFC 2326 (RTSP), RFC 3550 (RTP) and RFC 2435 (JPEG in RTP): as much of each as a player needs.
"""

from __future__ import annotations

import base64
import itertools
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from detection.edge.vision.frames import Image

FRAMES_PER_S = 50.0
_TICKS_PER_S = 90_000
_PIECE_BYTES = 1300


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a camera does in one connection.

    Attributes:
        then: what happens after ``frames`` good ones: ``on``, ``stall`` (silence), ``die`` (the connection ends),
            ``freeze`` (the last one for ever), ``resize`` (others of another size), ``garbage`` (noise instead of
            packets), ``noise`` (good packets around broken pictures), ``mute`` (never answers), ``missing`` (404).
        frames: good ones first.
        width: of a frame, pixels, a multiple of 16.
        height: likewise.
    """

    then: str = "on"
    frames: int = 5
    width: int = 96
    height: int = 64


def moving(number: int, width: int, height: int) -> Image:
    """A picture that differs from the one before: a bar that wanders."""
    image = np.full((height, width, 3), 40, np.uint8)
    image[:, number * 4 % width :][:, :16] = (30, 200, 90)
    image[: height // 2, :8] = number * 37 % 200
    return image


class RtspCamera:
    """Serves on 127.0.0.1 until it is closed."""

    def __init__(self, behave: Callable[[int], Behaviour], login: str = "", frames_per_s: float = FRAMES_PER_S) -> None:
        """Listen.

        Args:
            behave: number of the connection, from 0, to what happens in it.
            login: ``user:password`` that is asked for; ``""`` asks nobody.
            frames_per_s: so many.
        """
        self.connections = 0
        self._behave = behave
        self._login = base64.b64encode(login.encode()).decode() if login else ""
        self._pause_s = 1 / frames_per_s
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: set[socket.socket] = set()
        self._numbers = itertools.count()
        secret = f"{login}@" if login else ""
        self.address = f"rtsp://{secret}127.0.0.1:{self._listener.getsockname()[1]}/gate"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RtspCamera:
        return self

    def __exit__(self, *ended: object) -> None:
        self._closing.set()
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, self.connections - 1), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        self._open.add(connection)
        try:
            self._talk(connection, self._behave(number))
        except OSError:
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _talk(self, connection: socket.socket, behaviour: Behaviour) -> None:
        held = b""
        while not self._closing.is_set():
            piece = connection.recv(4096)
            if not piece:
                return
            if behaviour.then == "mute":
                continue
            held += piece
            while b"\r\n\r\n" in held:
                request, _, held = held.partition(b"\r\n\r\n")
                verb = request.split(b" ", 1)[0].decode()
                connection.sendall(self._answer(request.decode(), verb, behaviour))
                if verb == "PLAY":
                    self._play(connection, behaviour)
                    return

    def _answer(self, request: str, verb: str, behaviour: Behaviour) -> bytes:
        found = re.search(r"CSeq: *(\d+)", request, re.IGNORECASE)
        head = f"CSeq: {found.group(1) if found else 0}\r\n"
        if self._login and f"Basic {self._login}" not in request and verb != "OPTIONS":
            return f'RTSP/1.0 401 Unauthorized\r\n{head}WWW-Authenticate: Basic realm="gate"\r\n\r\n'.encode()
        if verb == "DESCRIBE" and behaviour.then == "missing":
            return f"RTSP/1.0 404 Not Found\r\n{head}\r\n".encode()
        body = ""
        if verb == "OPTIONS":
            head += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        if verb == "DESCRIBE":
            body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=gate\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:video\r\n"
            head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        if verb == "SETUP":
            head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        if verb == "PLAY":
            head += "Session: 1\r\n"
        return f"RTSP/1.0 200 OK\r\n{head}\r\n{body}".encode()

    def _play(self, connection: socket.socket, behaviour: Behaviour) -> None:
        sequence = itertools.count()
        for number, picture in enumerate(self._pictures(behaviour)):
            for packet in packets(picture, round(number * self._pause_s * _TICKS_PER_S), sequence):
                connection.sendall(packet)
            if self._closing.wait(self._pause_s):
                return
        if behaviour.then == "garbage":
            connection.sendall(np.random.default_rng(1).bytes(200_000))
        if behaviour.then in ("stall", "garbage"):
            self._closing.wait(60)

    def _pictures(self, behaviour: Behaviour) -> Iterator[bytes]:
        width, height = behaviour.width, behaviour.height
        dice = np.random.default_rng(2)
        for _ in range(behaviour.frames):
            yield jpeg(moving(next(self._numbers), width, height))
        last = jpeg(moving(7, width, height))
        while behaviour.then in ("on", "freeze", "resize", "noise"):
            if behaviour.then == "freeze":
                yield last
            elif behaviour.then == "noise":
                yield last[:-400] + dice.bytes(398).replace(b"\xff", b"\x00") + last[-2:]
            else:
                more = 32 if behaviour.then == "resize" else 0
                yield jpeg(moving(next(self._numbers), width + more, height + more))


def jpeg(image: Image) -> bytes:
    """A baseline JPEG with the common tables, as RFC 2435 wants it."""
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80, cv2.IMWRITE_JPEG_OPTIMIZE, 0])[1])


def packets(picture: bytes, ticks: int, sequence: Iterator[int]) -> Iterator[bytes]:
    """One JPEG as RTP packets, each in its frame of the TCP connection."""
    tables, width, height, scan = _parts(picture)
    for at in range(0, len(scan), _PIECE_BYTES):
        piece = scan[at : at + _PIECE_BYTES]
        last = at + _PIECE_BYTES >= len(scan)
        head = struct.pack(">BBHII", 0x80, 26 | (0x80 if last else 0), next(sequence) & 0xFFFF, ticks, 0x5EED)
        head += struct.pack(">IBBBB", at, 1, 255, width // 8, height // 8)
        if at == 0:
            head += struct.pack(">BBH", 0, 0, len(tables)) + tables
        yield struct.pack(">cBH", b"$", 0, len(head) + len(piece)) + head + piece


class _Parts(NamedTuple):
    tables: bytes
    width: int
    height: int
    scan: bytes


def _parts(picture: bytes) -> _Parts:
    at, tables, width, height = 2, b"", 0, 0
    while True:
        marker, length = struct.unpack_from(">xBH", picture, at)
        body = picture[at + 4 : at + 2 + length]
        if marker == 0xDB:
            tables += b"".join(body[i + 1 : i + 65] for i in range(0, len(body), 65))
        if marker == 0xC0:
            height, width = struct.unpack_from(">xHH", body)
        at += 2 + length
        if marker == 0xDA:
            return _Parts(tables, width, height, picture[at:-2])
