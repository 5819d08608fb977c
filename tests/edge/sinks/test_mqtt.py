"""Answers to a real broker, in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from detection.edge.sinks.mqtt import Broker, Login, MqttReceiver, broker_of
from detection.errors import DetectionError

_BROKER = """
import asyncio, logging, sys
logging.disable(logging.CRITICAL)
from amqtt.broker import Broker
async def main():
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    config = {"listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}}, "plugins": plugins}
    await Broker(config).start()
    print("ready", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return int(reserved.getsockname()[1])


@contextmanager
def broker(port: int) -> Iterator[None]:
    running = subprocess.Popen([sys.executable, "-c", _BROKER, str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        yield
    finally:
        running.kill()
        running.communicate()


@contextmanager
def listening(port: int, topic: str) -> Iterator[list[str]]:
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    heard, subscribed = list[str](), threading.Event()
    client: Any = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda c, u, message: heard.append(message.payload.decode())
    client.on_subscribe = lambda *told: subscribed.set()
    client.on_connect = lambda *told: client.subscribe(topic, qos=1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert subscribed.wait(10)
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.slow
def test_every_answer_arrives_once_the_broker_is_there() -> None:
    port = free_port()
    sender = MqttReceiver(Broker(False, "127.0.0.1", port, "site/answers"), Login(), "0" * 16, waits=False)
    for number in range(10):
        sender.put(f'{{"frame": "{number}"}}\n')
    with broker(port), listening(port, "site/answers") as heard:
        for number in range(10, 100):
            sender.put(f'{{"frame": "{number}"}}\n')
        until = time.monotonic() + 20
        while len(heard) < 100 and time.monotonic() < until:
            time.sleep(0.05)
        sender.close()
        assert heard == [f'{{"frame": "{number}"}}' for number in range(100)]
        assert sender.undelivered == 0


def test_without_a_broker_answers_are_given_up_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detection.edge.sinks.mqtt.CLOSING_S", 0.2)
    sender = MqttReceiver(Broker(False, "127.0.0.1", free_port(), "t"), Login("me", "pw"), "0" * 16, waits=False)
    for number in range(5):
        sender.put(f"{number}\n")
    sender.close()
    assert sender.undelivered == 5


def test_addresses() -> None:
    assert broker_of("mqtt://broker/site/a") == Broker(False, "broker", 1883, "site/a")
    assert broker_of("mqtts://[::1]:8884/a") == Broker(True, "::1", 8884, "a")
    assert broker_of("mqtts://broker/a").port == 8883


@pytest.mark.parametrize(
    "address",
    [
        "mqtt://broker",
        "mqtt://broker/",
        "mqtt://me:pw@broker/a",
        "mqtt://broker/a/#",
        "mqtt://b:99999/a",
        "tcp://b/a",
        "mqtt://b/+/a",
    ],
)
def test_other_addresses_are_refused_without_being_told(address: str) -> None:
    with pytest.raises(DetectionError) as told:
        broker_of(address)
    assert "pw" not in str(told.value)


def test_a_device_without_the_package_is_told_what_to_install(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[3])!r}); sys.modules['paho'] = None\n"
        "from detection.edge.sinks.mqtt import *\n"
        "try: MqttReceiver(Broker(False, 'h', 1, 't'), Login(), '0', False)\n"
        "except EnvironmentMissingError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "install it" in done.stdout
