"""What ``run`` follows and whom it tells: the options of sources and sinks, and what is made of them.

A sink's module is imported when the sink is wanted: a device without the package runs without it, and starts sooner.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from detection.edge.pulse import Pulse
from detection.edge.sinks.pictures import Pictures
from detection.edge.sinks.receiver import Receiver
from detection.edge.sources.backoff import Patience
from detection.edge.sources.items import Choice, Source
from detection.edge.sources.opening import Manner, open_source
from detection.edge.verbs import options
from detection.errors import DetectionError


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """Where frames come from."""
    parser.add_argument(
        "source", metavar="SOURCE",
        help="a folder (with all below it), a picture, a video, rtsp://..., usb:0, - for pictures on standard input, "
        "or @FILE whose first line says one of these (a password is then no part of the command line)",
    )  # fmt: skip
    parser.add_argument("--camera", default="", metavar="NAME", help="camera's name where no sub-folder names it")
    parser.add_argument("--watch", action="store_true", help="SOURCE is a folder: answer what arrives in it, for ever")
    parser.add_argument("--newest", action="store_true", help="SOURCE is -: only the newest frame counts")
    parser.add_argument(
        "--stall-s", type=options.seconds, default=10.0, metavar="S",
        help="a camera without a fresh picture for so long has stalled and is opened again (default 10)",
    )  # fmt: skip
    parser.add_argument("--still", action="store_true", help="the camera's pictures may be equal for ever (no noise)")
    parser.add_argument(
        "--start", type=options.moment, metavar="ISO", help="frames are a recording: time of each camera's first"
    )
    parser.add_argument(
        "--interval-s", type=options.seconds, metavar="S", help="seconds between a camera's frames; with --start"
    )


def add_sink_options(parser: argparse.ArgumentParser) -> None:
    """Who is told."""
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write answers here, whole at the end, not to the screen"
    )
    parser.add_argument("--quiet", action="store_true", help="no answers on the screen: other sinks have them")
    parser.add_argument("--http", metavar="URL", help="post answers here (JSON lines)")
    parser.add_argument("--http-token", type=Path, metavar="FILE", help="its first line is sent as bearer token")
    parser.add_argument("--mqtt", metavar="URL", help="publish answers: mqtt://host[:port]/topic, mqtts:// for TLS")
    parser.add_argument("--mqtt-login", type=Path, metavar="FILE", help="user and password, a line each")
    parser.add_argument(
        "--prometheus", type=options.port, metavar="PORT", help="serve /metrics, /healthz and /readyz on 127.0.0.1"
    )
    parser.add_argument("--draw", type=Path, metavar="DIR", help="write annotated pictures here")
    parser.add_argument("--draw-keep", type=options.count, default=0, metavar="N", help="of them keep the newest N")
    parser.add_argument("--health", type=Path, metavar="FILE", help="write a heartbeat here about once a second")
    parser.add_argument(
        "--budget-ms", type=options.milliseconds, metavar="MS", help="count frames that take longer than this"
    )


def source_of(chosen: argparse.Namespace, pixel_limit: int) -> Source:
    """The source, not opened yet.

    Raises:
        DetectionError: there is no such source, or the options do not go together.
    """
    patience = Patience(stall_s=chosen.stall_s, answer_s=chosen.stall_s / 2, still=chosen.still)
    manner = Manner(chosen.watch, chosen.newest, patience)
    source = open_source(chosen.source, Choice(chosen.camera, pixel_limit), manner)
    if source.live and chosen.start is not None:
        raise DetectionError("--start is for recordings; a camera's frames are taken now: leave it out")
    return source


def receivers_of(
    chosen: argparse.Namespace, boot: str, waits: bool, held: ExitStack, meanwhile: Callable[[], None]
) -> list[Receiver]:
    """Sinks that take lines, started; ``held`` closes them.

    Args:
        chosen: the options.
        boot: names this run.
        waits: a full queue holds the loop, as frames are a recording.
        held: of the run.
        meanwhile: what the loop does now and then while it is held.

    Raises:
        DetectionError: an address or a file of secrets that is none, or a package that is missing.
    """
    made: list[Receiver] = []
    if chosen.http:
        from detection.edge.sinks.http import HttpReceiver, place_of

        token = lines_of(chosen.http_token, "--http-token", 1)[0] if chosen.http_token else ""
        if not token.isascii():
            raise DetectionError(f"--http-token {chosen.http_token}: expected plain ASCII; write the file anew")
        made.append(HttpReceiver(place_of(chosen.http), token, boot, waits, meanwhile))
        held.callback(made[-1].close)
    if chosen.mqtt:
        from detection.edge.sinks.mqtt import Login, MqttReceiver, broker_of

        login = Login(*lines_of(chosen.mqtt_login, "--mqtt-login", 2)) if chosen.mqtt_login else Login()
        made.append(MqttReceiver(broker_of(chosen.mqtt), login, boot, waits, meanwhile))
        held.callback(made[-1].close)
    return made


def pictures_of(chosen: argparse.Namespace, classes: Sequence[str], waits: bool, held: ExitStack) -> Pictures | None:
    """The folder of annotated pictures, if it is wanted; ``held`` closes it."""
    if chosen.draw is None:
        return None
    pictures = Pictures(chosen.draw, classes, waits, chosen.draw_keep)
    held.callback(pictures.close)
    return pictures


def show(chosen: argparse.Namespace, pulse: Pulse, held: ExitStack) -> None:
    """Serve the counts if it is wanted, and say where; ``held`` closes the page."""
    if chosen.prometheus is not None:
        from detection.edge.sinks.prometheus import HOST, PrometheusPage

        page = PrometheusPage(chosen.prometheus, pulse)
        held.callback(page.close)
        print(f"counts at http://{HOST}:{page.port}/metrics", file=sys.stderr)


def lines_of(path: Path, option: str, number: int) -> list[str]:
    """The first lines of a file of secrets.

    Raises:
        DetectionError: it cannot be read, or has fewer.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DetectionError(f"{option} {path}: cannot be read as text; name another file") from error
    if len(lines) < number or not all(line.isprintable() and line for line in lines[:number]):
        raise DetectionError(f"{option} {path}: expected {number} line(s) of text; write the file anew")
    return lines[:number]
