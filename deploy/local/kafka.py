"""One Apache Kafka broker in KRaft mode, a child process of ours."""

import secrets
import shutil
import subprocess
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from deploy.local import jars, java, ports
from deploy.local.cannot import Cannot, last_line
from deploy.local.children import Child, Program, start, wait_until

VERSION = "4.3.1"
READY_SECONDS = 120
STARTED = "Kafka Server started"
# Measured: with these it listens after 1.6 s and stays below 370 MB.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "false",
    # After a kill -9 the controller refuses the broker until its old session ends.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
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
rootLogger.level = warn
logger.started.name = kafka.server.KafkaRaftServer
logger.started.level = info
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
    broker = begin(state, listeners)
    await_ready(broker)
    return broker


def begin(state: Path, listeners: Listeners) -> Kafka:
    """Start a broker without waiting: it takes seconds others can use."""
    for port in (listeners.clients, listeners.controller):
        if not ports.is_free(port):
            message = f"Port {port} for Kafka is taken: free it or set another."
            raise Cannot(message)
    folder = state / "kafka"
    folder.mkdir(parents=True, exist_ok=True)
    _check_version(folder)
    records = folder / "records"
    if not records.exists():
        _format(folder, listeners, records)
    configuration = _write_configuration(folder, listeners, records)
    argv = _command(folder, "kafka.Kafka", str(configuration))
    log = state / "logs" / "kafka.log"
    return Kafka(start(Program("Kafka", argv, log, _environment())), listeners)


def await_ready(broker: Kafka) -> None:
    """Wait until the broker serves."""
    log = broker.child.program.log
    if log is not None:
        wait_until(broker.child, lambda: STARTED in _text(log), READY_SECONDS)


def _text(log: Path) -> str:
    return log.read_text(errors="replace")


def _check_version(folder: Path) -> None:
    """Refuse records written by a newer Kafka than the jars we have."""
    mark = folder / "version"
    found = (mark.read_text().strip() if mark.exists() else "") or VERSION
    if _release(found) > _release(VERSION):
        message = (
            f"{folder} was written by Kafka {found}, this build has {VERSION}:"
            " use the build that made it, or move the folder away."
        )
        raise Cannot(message)
    mark.write_text(f"{VERSION}\n")


def _release(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _write_configuration(folder: Path, listeners: Listeners, records: Path) -> Path:
    controller = f"{ports.LOOPBACK}:{listeners.controller}"
    settings = SETTINGS | {
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"PLAINTEXT://{listeners.bootstrap},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{listeners.bootstrap}",
        "log.dirs": str(records),
    }
    path = folder / "server.properties"
    path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    (folder / "log4j2.properties").write_text(LOG_SETTINGS)
    return path


def _format(folder: Path, listeners: Listeners, records: Path) -> None:
    # Under another name until it is whole: a broken-off start leaves no half folder.
    partial = folder / "records.partial"
    shutil.rmtree(partial, ignore_errors=True)
    configuration = _write_configuration(folder, listeners, partial)
    # Six zero bits in front: an identity that began with "-" would be an option.
    random = secrets.randbits(122).to_bytes(16)
    identity = urlsafe_b64encode(random).rstrip(b"=").decode()
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
    partial.rename(records)


def _command(folder: Path, main: str, *arguments: str) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
    path = f"{jars.ensure()}/*"
    return [str(java.java()), *JVM, logging, "-cp", path, main, *arguments]


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
