"""Answers to an MQTT broker, at least once (QoS 1). Needs the package ``paho-mqtt``, which the device may lack."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from detection.edge.sinks.courier import Courier, Terms, rest
from detection.edge.sinks.receiver import CLOSING_S, DEPTH
from detection.errors import DetectionError, EnvironmentMissingError

BATCH = 32
GIVE_UP_S = 60.0
_KEEP_ALIVE_S = 30
_ADDRESS = re.compile(r"(mqtts?)://(\[[0-9a-fA-F:.]+\]|[^/:@\[\]?#\s]+)(?::(\d{1,5}))?/([^+#\s]{1,200})")


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to publish.

    Attributes:
        secure: over TLS.
        host: of the broker.
        port: 1883, or 8883 over TLS, unless the address says otherwise.
        topic: everything after the host.
    """

    secure: bool
    host: str
    port: int
    topic: str


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """Who publishes; both empty for nobody."""

    user: str = ""
    password: str = ""


def broker_of(address: str) -> Broker:
    """Read an address.

    Raises:
        DetectionError: no address of mqtt or mqtts with a topic, or one with a user or password in it.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found.group(3) or 1) not in range(1, 65_536):
        raise DetectionError(
            "--mqtt: expected an address like mqtt://host:1883/site/answers without user and password; give "
            "--mqtt-login FILE"
        )
    secure = found.group(1) == "mqtts"
    port = int(found.group(3) or (8883 if secure else 1883))
    return Broker(secure, found.group(2).strip("[]"), port, found.group(4))


class MqttReceiver:
    """Publishes each answer as a message."""

    def __init__(
        self, broker: Broker, login: Login, boot: str, waits: bool, meanwhile: Callable[[], None] = rest
    ) -> None:
        """Connect in the background; while the broker is away answers wait.

        Args:
            broker: where to.
            login: who publishes.
            boot: names this run; part of the client's name.
            waits: a full queue holds the caller.
            meanwhile: what a held caller does now and then.

        Raises:
            EnvironmentMissingError: paho-mqtt is not installed.
        """
        try:
            from paho.mqtt import client, enums
        except ImportError as error:
            raise EnvironmentMissingError(
                "--mqtt needs the package paho-mqtt; install it into the environment that runs this program"
            ) from error
        self._topic = broker.topic
        self._client: Any = client.Client(enums.CallbackAPIVersion.VERSION2, client_id=f"detection-{boot}")
        self._client.max_queued_messages_set(BATCH * 2)
        self._client.reconnect_delay_set(1, 15)
        if login.user:
            self._client.username_pw_set(login.user, login.password)
        if broker.secure:
            self._client.tls_set_context(ssl.create_default_context())
        self._client.connect_async(broker.host, broker.port, _KEEP_ALIVE_S)
        self._client.loop_start()
        self._courier: Courier[str] = Courier("mqtt", self._deliver, Terms(DEPTH, BATCH, waits, meanwhile))

    @property
    def undelivered(self) -> int:
        """Answers that were given up."""
        return self._courier.undelivered

    def put(self, line: str) -> None:
        """One answer."""
        self._courier.put(line)

    def close(self) -> None:
        """Publish what waits, as far as the broker lets it, and say goodbye."""
        try:
            self._courier.close(CLOSING_S)
        finally:
            self._client.disconnect()
            self._client.loop_stop()

    def _deliver(self, lines: list[str]) -> bool:
        """Publish, and wait until the broker has said that it holds them all."""
        until = time.monotonic() + GIVE_UP_S
        while not self._client.is_connected():
            if time.monotonic() >= until or self._courier.closing.wait(0.1):
                return False
        sent = [self._client.publish(self._topic, line.rstrip("\n"), qos=1) for line in lines]
        return all(self._arrived(message, until) for message in sent)

    def _arrived(self, message: Any, until: float) -> bool:
        try:
            while not message.is_published():
                if time.monotonic() >= until or self._courier.closing.is_set():
                    return False
                message.wait_for_publish(0.2)
        except (RuntimeError, ValueError):
            return False
        return True
