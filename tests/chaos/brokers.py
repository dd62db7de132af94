"""Brokers: one or three of Apache Kafka, with a listener for each process's links."""

import secrets
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import jars, java
from deploy.local.children import Child, Program, start, wait_until
from deploy.local.kafka import JVM, LOG_SETTINGS, SETTINGS, STARTED
from deploy.local.ports import LOOPBACK, answers, free_port

READY_SECONDS = 600

Doors = Mapping[str, tuple[int, int]]
"""A listener's name: the port it listens on, and the one it tells its clients."""


@dataclass
class Broker:
    """One broker: its number, folder and ports; `doors` lead through links."""

    number: int
    folder: Path
    port: int = field(default_factory=free_port)
    controller: int = field(default_factory=free_port)
    doors: dict[str, tuple[int, int]] = field(default_factory=dict)
    child: Child | None = None

    @property
    def records(self) -> Path:
        """The folder of its records."""
        return self.folder / "records"

    @property
    def log(self) -> Path:
        """The file it speaks into."""
        return self.folder / "broker.log"


@dataclass
class Brokers:
    """A cluster in KRaft mode; every broker is a controller too."""

    all: Sequence[Broker]
    identity: str

    @property
    def bootstrap(self) -> str:
        """The way to the cluster without links."""
        return ",".join(f"{LOOPBACK}:{broker.port}" for broker in self.all)

    def begin(self, broker: Broker) -> None:
        """Start a broker without waiting for it."""
        broker.folder.mkdir(parents=True, exist_ok=True)
        if not (broker.records / "meta.properties").exists():
            self._format(broker)
        configured = self._configured(broker)
        argv = _command(broker, "kafka.Kafka", str(configured))
        broker.child = start(Program("Kafka", argv, broker.log, _environment()))

    def await_ready(self) -> None:
        """Wait until every running broker serves."""
        for broker in self.all:
            if broker.child is not None:
                wait_until(broker.child, lambda b=broker: _serves(b), READY_SECONDS)  # type: ignore[misc]  # the loop's own broker

    def _configured(self, broker: Broker) -> Path:
        voters = ",".join(f"{b.number}@{LOOPBACK}:{b.controller}" for b in self.all)
        own = {"PLAINTEXT": (broker.port, broker.port), **broker.doors}
        listens = [f"{name}://{LOOPBACK}:{at}" for name, (at, _) in own.items()]
        told = [f"{name}://{LOOPBACK}:{via}" for name, (_, via) in own.items()]
        kinds = ",".join(f"{name}:PLAINTEXT" for name in (*own, "CONTROLLER"))
        copies = str(min(len(self.all), 3))
        replication = {
            name: copies for name in SETTINGS if name.endswith("replication.factor")
        }
        settings = (
            SETTINGS
            | replication
            | {
                "node.id": str(broker.number),
                "controller.quorum.voters": voters,
                "listeners": ",".join(
                    [*listens, f"CONTROLLER://{LOOPBACK}:{broker.controller}"]
                ),
                "advertised.listeners": ",".join(told),
                "listener.security.protocol.map": kinds,
                "inter.broker.listener.name": "PLAINTEXT",
                "log.dirs": str(broker.records),
                "min.insync.replicas": "2" if len(self.all) > 2 else "1",
                "delete.topic.enable": "true",
            }
        )
        path = broker.folder / "server.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        (broker.folder / "log4j2.properties").write_text(LOG_SETTINGS)
        return path

    def _format(self, broker: Broker) -> None:
        configured = self._configured(broker)
        subprocess.run(  # noqa: S603 -- our own command.
            [
                *_command(broker, "kafka.tools.StorageTool", "format"),
                *("-t", self.identity, "-c", str(configured)),
            ],
            check=True,
            capture_output=True,
            env=_environment(),
        )


def cluster(folder: Path, count: int) -> Brokers:
    """Return brokers that are not started yet."""
    identity = urlsafe_b64encode(secrets.randbits(122).to_bytes(16)).rstrip(b"=")
    brokers = [Broker(n, folder / f"kafka-{n}") for n in range(1, count + 1)]
    return Brokers(brokers, identity.decode())


def _serves(broker: Broker) -> bool:
    said = broker.log.read_text(errors="replace")
    return STARTED in said and answers(broker.port)


def _command(broker: Broker, main: str, *arguments: str) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={broker.folder / 'log4j2.properties'}"
    jvm = [word.replace("512m", "320m") for word in JVM]
    return [
        str(java.java()),
        *jvm,
        logging,
        "-cp",
        f"{jars.ensure()}/*",
        main,
        *arguments,
    ]


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
