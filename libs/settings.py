"""Settings of a service: QINGXIN_ variables, refused in one line when wrong."""

import ssl
from base64 import urlsafe_b64decode
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _key(said: object) -> object:
    if isinstance(said, str):
        text = said.replace("+", "-").replace("/", "_")
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return said


Key = Annotated[bytes, BeforeValidator(_key), Field(min_length=32)]
"""A secret of at least 32 bytes, as base64 or base64url text."""


def _listed(said: object) -> object:
    if isinstance(said, str):
        return [one.strip() for one in said.split(",") if one.strip()]
    return said


Keys = Annotated[tuple[Key, ...], NoDecode, BeforeValidator(_listed)]
"""Secrets, with commas between them."""


def _vouching(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except OSError:
        raise ValueError("this is no file of PEM certificates") from None
    return path


CaFile = Annotated[Path, AfterValidator(_vouching)]
"""Authorities that vouch for a server's certificate, in PEM."""


class SettingsRefused(Exception):
    """A setting is missing or wrong; the message names each in one line."""


class Settings(BaseSettings):
    """What every service is told when it starts.

    `master_key`, `code_key`, `worker_key` and `object_key` only where the service needs
    them. What was kept under retired keys still opens; only `master_key` and
    `object_key` keep anew. The
    consumer groups' sessions: how long a silent member keeps its partitions.
    `seal_key`: the file of its seal key, without which it makes no seals;
    `seal_every` is in events.
    `sms_…`, `smtp_…` and `mail_from`: by what messages to complainants go out, where
    there is any; `smtp_ca_file`: who vouches for the mail server, in the place of the
    system's own store; `worker_address`: where the public reaches the workers' pages.
    `schemas`: the lasting address of the JSON Schemas that records name, where it is
    another than the service's own.
    """

    model_config = SettingsConfigDict(
        env_prefix="QINGXIN_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    site: Annotated[str, Field(pattern=r"^\d{12}$")]
    mode: Literal["real", "simulated"] = "real"
    start_at: datetime | None = None
    database: str
    owner_database: str | None = None
    kafka: str
    topic_prefix: str = ""
    session_ms: Annotated[int, Field(ge=1000)] = 10_000
    heartbeat_ms: Annotated[int, Field(ge=100)] = 3_000
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)]
    issuer: str
    audience: str = "qingxin"
    jwks_url: str
    door_key: Key
    worker_key: Key | None = None
    master_key: Key | None = None
    retired_master_keys: Keys = ()
    code_key: Key | None = None
    object_key: Key | None = None
    retired_object_keys: Keys = ()
    objects: Path
    seal_key: Path | None = None
    seal_folder: Path | None = None
    seal_every: Annotated[int, Field(ge=1)] = 1000
    otlp: str | None = None
    schemas: str = ""
    sms_url: str | None = None
    sms_token: SecretStr | None = None
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: CaFile | None = None
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: Annotated[str | None, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = None
    worker_address: str = ""
    url_issuer: str = ""
    url_intake: str = ""
    url_routing: str = ""
    url_enforcement: str = ""
    url_reporting: str = ""

    def url(self, service: str) -> str:
        """Return the base address of a service, without a slash at its end."""
        said: str = getattr(self, f"url_{service}")
        return said.rstrip("/")


def read() -> Settings:
    """Read the process's settings; raises SettingsRefused, naming each bad one."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment fills them in
    except ValidationError as error:
        wrong = "; ".join(
            f"QINGXIN_{'_'.join(map(str, line['loc'])).upper()}: {line['msg']}"
            for line in error.errors(include_input=False, include_url=False)
        )
        raise SettingsRefused(f"Settings are missing or wrong: {wrong}") from None
