"""One Apache Kafka broker in KRaft mode, a child process of ours."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from deploy.local import jars, java, ports
from deploy.local.cannot import Cannot, last_line
from deploy.local.children import Child, Program, start, wait_until

READY_SECONDS = 60
STARTED = "Kafka Server started"
# Measured: with these it listens after 1.6 s and stays below 370 MB.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    # Fault tests use sessions shorter than the broker's default floor of 6 s.
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
}
LOG_SETTINGS = """\
status = warn
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c %m%n
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
"""


@dataclass(frozen=True)
class Listeners:
    """The broker's two ports: for clients and for its own controller."""

    clients: int
    controller: int

    @property
    def bootstrap(self) -> str:
        """The address clients are given."""
        return f"{ports.LOOPBACK}:{self.clients}"


@dataclass(frozen=True)
class Kafka:
    """A running broker."""

    child: Child
    listeners: Listeners

    @property
    def bootstrap(self) -> str:
        """The address clients are given."""
        return self.listeners.bootstrap

    def stop(self) -> None:
        """Stop in order, so that the next start needs no recovery."""
        self.child.stop()


def launch(state: Path, listeners: Listeners) -> Kafka:
    """Start a broker whose records live in `state/kafka`; wait until it serves."""
    for port in (listeners.clients, listeners.controller):
        if not ports.is_free(port):
            message = f"Port {port} for Kafka is taken: free it or set another."
            raise Cannot(message)
    folder = state / "kafka"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = _write_configuration(folder, listeners)
    if not (folder / "records" / "meta.properties").exists():
        _format(folder, configuration)
    log = state / "kafka.log"
    log.write_bytes(b"")  # One start, one log: readiness is read from it.
    argv = _command(folder, "kafka.Kafka", str(configuration))
    child = start(Program("Kafka", argv, log, environment=_environment()))
    wait_until(child, lambda: STARTED in log.read_text(errors="replace"), READY_SECONDS)
    return Kafka(child, listeners)


def _write_configuration(folder: Path, listeners: Listeners) -> Path:
    controller = f"{ports.LOOPBACK}:{listeners.controller}"
    settings = SETTINGS | {
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"PLAINTEXT://{listeners.bootstrap},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{listeners.bootstrap}",
        "log.dirs": str(folder / "records"),
    }
    path = folder / "server.properties"
    path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    (folder / "log4j2.properties").write_text(LOG_SETTINGS)
    return path


def _format(folder: Path, configuration: Path) -> None:
    identity = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    done = subprocess.run(  # noqa: S603 -- our own command.
        [
            *_command(folder, "kafka.tools.StorageTool", "format"),
            *("-t", identity, "-c", str(configuration)),
        ],
        check=False,
        capture_output=True,
        text=True,
        env=_environment(),
    )
    if done.returncode:
        message = f"Kafka could not make its folder: {last_line(done.stderr)}"
        raise Cannot(message)


def _command(folder: Path, main: str, *arguments: str) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
    path = f"{jars.ensure()}/*"
    return [str(java.java()), *JVM, logging, "-cp", path, main, *arguments]


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
