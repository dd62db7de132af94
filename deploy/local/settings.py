"""What each service is told when it starts: its QINGXIN_ settings."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import databases, ports
from deploy.local.databases import Database, Role
from deploy.local.kept import SERVICES, Deployment

# The identifier in tokens, not an address: a port would change every actor's id.
ISSUER = "https://issuer.qingxin.invalid"

OUTLETS = frozenset(
    {
        *("QINGXIN_SMS_URL", "QINGXIN_SMS_TOKEN", "QINGXIN_SMTP_HOST"),
        *("QINGXIN_SMTP_PORT", "QINGXIN_SMTP_SECURITY", "QINGXIN_SMTP_USER"),
        *("QINGXIN_SMTP_PASSWORD", "QINGXIN_SMTP_CA_FILE", "QINGXIN_MAIL_FROM"),
        "QINGXIN_WORKER_ADDRESS",
    }
)
"""By what messages leave the house: intake's alone."""


@dataclass(frozen=True)
class Servers:
    """Where the servers listen."""

    admin: str
    kafka: str
    ports: Mapping[str, int]


@dataclass(frozen=True)
class Settings:
    """Everything a start decided, from which each child's environment is made."""

    state: Path
    deployment: Deployment
    servers: Servers
    secret: Callable[[str], str]
    environment: Mapping[str, str]

    @property
    def prefix(self) -> str:
        """What stands in front of the names of topics."""
        return self.environment.get("QINGXIN_TOPIC_PREFIX", "")

    def address(self, name: str) -> str:
        """Return the HTTP address of a service or of the issuer."""
        return f"http://{ports.LOOPBACK}:{self.servers.ports[name]}"

    def database(self, service: str) -> Database:
        """Return the service's database and roles."""
        prefix = self.environment.get("QINGXIN_DATABASE_PREFIX", "qingxin_")
        name = prefix + service
        owner, app = f"{name}_owner", f"{name}_app"
        return Database(
            name,
            Role(owner, self.secret(f"{service}_owner")),
            Role(app, self.secret(f"{service}_app")),
        )

    def owner_dsn(self, service: str) -> str:
        """Return the DSN that may change the service's tables."""
        database = self.database(service)
        return databases.dsn_for(self.servers.admin, database.name, database.owner)

    def app_dsn(self, service: str) -> str:
        """Return the DSN the service works with."""
        database = self.database(service)
        return databases.dsn_for(self.servers.admin, database.name, database.app)

    def seal_key(self, service: str) -> Path:
        """Return where the service's private seal key is, mode 0600."""
        return self.state / "seal-keys" / f"{service}.pem"

    def seal_folder(self, service: str) -> Path:
        """Return where the service's seals and public keys are written."""
        own = self.environment.get("QINGXIN_SEAL_FOLDER")
        return Path(own or self.state / "seals") / service

    def of_service(self, service: str) -> dict[str, str]:
        """Return the environment of one service."""
        return (
            _inherited(self.environment)
            | self._shared()
            | self._keys(service)
            | {
                "QINGXIN_DATABASE": self.app_dsn(service),
                "QINGXIN_OWNER_DATABASE": self.owner_dsn(service),
                "QINGXIN_PORT": str(self.servers.ports[service]),
                "QINGXIN_OBJECTS": str(self.state / "objects" / service),
                "QINGXIN_SEAL_KEY": str(self.seal_key(service)),
                "QINGXIN_SEAL_FOLDER": str(self.seal_folder(service)),
            }
        )

    def of_issuer(self) -> dict[str, str]:
        """Return the environment of the local issuer."""
        return (
            _inherited(self.environment)
            | self._shared()
            | {
                "QINGXIN_PORT": str(self.servers.ports["issuer"]),
                "QINGXIN_ISSUER_KEY": str(self.state / "issuer" / "key.pem"),
            }
        )

    def _shared(self) -> dict[str, str]:
        issuer = self.address("issuer")
        usual = {
            "QINGXIN_SITE": self.deployment.site,
            "QINGXIN_MODE": self.deployment.mode,
            "QINGXIN_START_AT": self.deployment.start_at,
            "QINGXIN_STATE": str(self.state),
            "QINGXIN_KAFKA": self.servers.kafka,
            "QINGXIN_TOPIC_PREFIX": self.prefix,
            "QINGXIN_HOST": ports.LOOPBACK,
            "QINGXIN_ISSUER": ISSUER,
            "QINGXIN_AUDIENCE": "qingxin",
            "QINGXIN_JWKS_URL": f"{issuer}/jwks.json",
            "QINGXIN_URL_ISSUER": issuer,
            "QINGXIN_OTLP": self.address("reporting"),
        }
        for service in SERVICES:
            usual[f"QINGXIN_URL_{service.upper()}"] = self.address(service)
        # An issuer or a collector of one's own is a setting.
        own = frozenset(
            {
                *("QINGXIN_ISSUER", "QINGXIN_JWKS_URL", "QINGXIN_OTLP"),
                *("QINGXIN_SEAL_EVERY", "QINGXIN_SCHEMAS"),
            }
        )
        return usual | {k: v for k, v in self.environment.items() if k in own}

    def _keys(self, service: str) -> dict[str, str]:
        keys = {"QINGXIN_DOOR_KEY": self.secret(f"{service}_door_key")}
        if service in {"intake", "enforcement"}:
            keys["QINGXIN_WORKER_KEY"] = self.secret("worker_key")
        if service == "intake":
            keys |= self._rotating("master_key")
            keys["QINGXIN_CODE_KEY"] = self.secret("code_key")
            keys |= {k: v for k, v in self.environment.items() if k in OUTLETS}
        if service == "enforcement":
            keys |= self._rotating("object_key")
        return keys

    def _rotating(self, name: str) -> dict[str, str]:
        """Return a key that wraps: one of one's own retires the one made at first."""
        setting, old = f"QINGXIN_{name.upper()}", f"QINGXIN_RETIRED_{name.upper()}S"
        first, own = self.secret(name), self.environment.get(setting)
        known = (self.environment.get(old), None if own in {None, first} else first)
        return {setting: own or first, old: ",".join(filter(None, known))}


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a child may know of ours: nothing that names our servers."""
    kept = {k: v for k, v in environment.items() if not k.startswith("QINGXIN_")}
    return kept | {"PYTHONUNBUFFERED": "1"}


def of_process() -> dict[str, str]:
    """Return this process's environment."""
    return dict(os.environ)
