"""The parts of the system on this machine, started in order and stopped in order."""

import asyncio
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial

from deploy.local import databases, jars, kafka, kept, postgres, topics
from deploy.local.children import Child, Program, start, wait_until
from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from deploy.local.plan import Plan
from deploy.local.progress import Say
from deploy.local.seal_keys import make_seal_keys
from deploy.local.settings import Servers, Settings

READY_SECONDS = 120
DRAIN_SECONDS = 20
ADMINISTRATOR = "postgres"
SERVERS = ("postgres", "kafka")
ISSUER = "issuer"
OK = 200


@dataclass
class Stack:
    """The running children by name, and how to start each of them again."""

    plan: Plan
    say: Say
    children: dict[str, Child] = field(default_factory=dict)
    restarts: dict[str, Callable[[], Child]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    guests: list[Child] = field(default_factory=list)

    def start(self) -> Settings:
        """Start everything; return once each service says it is ready."""
        plan = self.plan
        deployment = kept.deployment(plan.state, plan.environment)
        secret = kept.secret_for(plan.state)
        chosen = kept.choose_ports(plan.state, plan.environment, self.say)
        broker = self._begin_kafka(chosen)
        admin = self._start_postgres(chosen, secret(ADMINISTRATOR))
        servers = Servers(admin, self.addresses["kafka"], chosen)
        settings = Settings(plan.state, deployment, servers, secret, plan.environment)
        self._begin_issuer(settings)
        run(databases.provision(admin, [settings.database(s) for s in SERVICES]))
        if broker is not None:
            kafka.await_ready(broker)
        replication = int(plan.environment.get("QINGXIN_TOPIC_REPLICATION", "1"))
        declared = topics.declared(settings.prefix)
        run(topics.provision(servers.kafka, declared, replication))
        self.say(f"Kafka is ready, {len(declared)} topics are as declared")
        make_seal_keys(settings)
        self._start_services(settings)
        return settings

    def start_database(self) -> Settings:
        """Start PostgreSQL alone, with a place for each service's database."""
        plan, secret = self.plan, kept.secret_for(self.plan.state)
        chosen = kept.choose_ports(plan.state, plan.environment, self.say)
        admin = self._start_postgres(chosen, secret(ADMINISTRATOR))
        deployment = kept.deployment(plan.state, plan.environment)
        servers = Servers(admin, "", chosen)
        settings = Settings(plan.state, deployment, servers, secret, plan.environment)
        run(databases.provision(admin, [settings.database(s) for s in SERVICES]))
        return settings

    def _start_postgres(self, chosen: Mapping[str, int], password: str) -> str:
        external = self.plan.environment.get("QINGXIN_POSTGRES_DSN")
        if external:
            self.say("PostgreSQL is an external one")
            return external
        place = postgres.prepare(self.plan.state, password)

        def again() -> Child:
            postgres.await_previous(place.folder)
            return postgres.launch(place, chosen["postgres"], password).child

        self._own("postgres", again, f"127.0.0.1:{chosen['postgres']}")
        self.say("PostgreSQL is ready")
        return postgres.dsn(
            chosen["postgres"], "postgres", postgres.SUPERUSER, password
        )

    def _begin_kafka(self, chosen: Mapping[str, int]) -> kafka.Kafka | None:
        external = self.plan.environment.get("QINGXIN_KAFKA")
        if external:
            self.addresses["kafka"] = external
            return None
        if not jars.are_current():
            self.say("fetching Kafka's jars")
        jars.ensure()
        listeners = kafka.Listeners(chosen["kafka"], chosen["kafka_controller"])

        def again() -> Child:
            return kafka.begin(self.plan.state, listeners).child

        self._own("kafka", again, listeners.bootstrap)
        return kafka.Kafka(self.children["kafka"], listeners)

    def _begin_issuer(self, settings: Settings) -> None:
        if "QINGXIN_JWKS_URL" not in self.plan.environment:
            told = settings.of_issuer()
            again = self._launcher(ISSUER, (self.plan.issuer, "serve"), told)
            self._own(ISSUER, again, settings.address(ISSUER))

    def _start_services(self, settings: Settings) -> None:
        for name in SERVICES:
            program = (f"{self.plan.package}.{name}", "start")
            again = self._launcher(name, program, settings.of_service(name))
            self._own(name, again, settings.address(name))
        for name in (ISSUER, *SERVICES):
            if name in self.children:
                child, address = self.children[name], self.addresses[name]
                wait_until(child, partial(is_ready, address), READY_SECONDS)
                self.say(f"{name} is ready at {address}")

    def _launcher(
        self, name: str, program: tuple[str, str], environment: Mapping[str, str]
    ) -> Callable[[], Child]:
        started = Program(
            name,
            [sys.executable, "-m", *program],
            self.plan.state / "logs" / f"{name}.log",
            environment,
            folder=REPOSITORY,
        )
        return lambda: start(started)

    def _own(self, name: str, begin: Callable[[], Child], address: str) -> None:
        self.restarts[name] = begin
        self.addresses[name] = address
        self.children[name] = begin()

    def stop(self, seconds: float = DRAIN_SECONDS) -> None:
        """Stop the services together, then the servers; kill what does not end."""
        named = self.children.items()
        servers = [child for name, child in named if name in SERVERS]
        services = [child for name, child in named if name not in SERVERS]
        for group in (self.guests, services, servers):
            late = stop_all(group, seconds)
            for child in late:
                self.say(f"{child.program.name} did not end in {seconds:.0f} s: killed")

    def kill(self) -> None:
        """End every child at once."""
        for child in (*self.guests, *self.children.values()):
            child.process.kill()


def stop_all(children: list[Child], seconds: float) -> list[Child]:
    """Ask all to stop, wait for them together; return those that had to be killed."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + seconds
    return [c for c in children if not c.ends_by(deadline)]


def is_ready(address: str) -> bool:
    """Say whether a service answers 200 at its /readyz."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310 -- our own http address.
            return bool(answer.status == OK)
    except (urllib.error.URLError, OSError):
        return False


def run(work: Coroutine[object, object, None]) -> None:
    """Run a short piece of asynchronous work to its end."""
    asyncio.run(work)
