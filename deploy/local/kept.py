"""What a local deployment keeps between starts: its ports, secrets and nature."""

import json
import os
import secrets
import shutil
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local import ports
from deploy.local.cannot import Cannot

# The layout of the state folder; a newer one than we know is left alone.
FORMAT = 1
LEAST_FREE_BYTES = 500_000_000
SERVICES = ("intake", "routing", "enforcement", "reporting")
PORTS = ("postgres", "kafka", "kafka_controller", "issuer", *SERVICES)
KEY_BYTES = 32
PRIVATE = 0o600
SIMULATED_START = "2023-11-10T00:00:00+08:00"
SITE = "310199000000"


@dataclass(frozen=True)
class Deployment:
    """What a deployment is for ever: its district, and whether its time is real."""

    site: str
    mode: str
    start_at: str


def open_folder(state: Path) -> None:
    """Make the state folder; refuse a newer one, an unwritable one, a full disk."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / "logs").mkdir(exist_ok=True)
    except PermissionError as error:
        message = f"No right to write {state}: give this user the folder."
        raise Cannot(message) from error
    mark = state / "format"
    found = int((mark.read_text() if mark.exists() else "") or FORMAT)
    if found > FORMAT:
        message = (
            f"{state} was made by a newer Qingxin (format {found}, this one knows"
            f" {FORMAT}): use that one, or another folder by QINGXIN_STATE."
        )
        raise Cannot(message)
    check_space(state, shutil.disk_usage(state).free)
    mark.write_text(f"{FORMAT}\n")


def check_space(folder: Path, free_bytes: int) -> None:
    """Refuse to start on a disk that is nearly full."""
    if free_bytes < LEAST_FREE_BYTES:
        wanted = LEAST_FREE_BYTES // 1_000_000
        message = (
            f"Only {free_bytes // 1_000_000} MB are free on the disk of {folder}:"
            f" free some, {wanted} MB at least."
        )
        raise Cannot(message)


def choose_ports(
    state: Path, environment: Mapping[str, str], say: Callable[[str], None]
) -> dict[str, int]:
    """Return a port for each server: the set one, else the kept one, else a free one.

    Raises `Cannot` when a set port is taken; a kept one that is taken is replaced.
    """
    file = state / "ports.json"
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    chosen: dict[str, int] = {}
    for name in PORTS:
        chosen[name] = _set_port(name, environment) or _kept_port(name, kept, say)
        while list(chosen.values()).count(chosen[name]) > 1:
            chosen[name] = ports.free_port()
    write_private(file, chosen)
    return chosen


def _set_port(name: str, environment: Mapping[str, str]) -> int | None:
    variable = f"QINGXIN_PORT_{name.upper()}"
    value = environment.get(variable, "")
    if not value:
        return None
    if not value.isdecimal():
        message = f"{variable}={value} is no port number."
        raise Cannot(message)
    if not ports.is_free(int(value)):
        message = f"Port {value} is taken: free it, or set {variable} to another."
        raise Cannot(message)
    return int(value)


def _kept_port(name: str, kept: Mapping[str, int], say: Callable[[str], None]) -> int:
    port = kept.get(name)
    if port is None:
        return ports.free_port()
    if ports.is_free(port):
        return port
    other = ports.free_port()
    say(f"port {port} of {name} is taken by another program: using {other}")
    return other


def secret_for(state: Path) -> Callable[[str], str]:
    """Return a function that gives the secret of a name, made once and kept.

    A secret is 32 random bytes that read the same in base64 and in base64url.
    """
    file = state / "secrets.json"
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def secret(name: str) -> str:
        if name not in kept:
            kept[name] = _new_key()
            write_private(file, kept)
        return kept[name]

    return secret


def _new_key() -> str:
    while True:
        text = b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        if text.rstrip("=").isalnum():
            return text


def deployment(state: Path, environment: Mapping[str, str]) -> Deployment:
    """Return what this deployment is, decided at its first start.

    Raises `Cannot` when the environment asks for something else later.
    """
    file = state / "deployment.json"
    wanted = {
        "site": environment.get("QINGXIN_SITE"),
        "mode": environment.get("QINGXIN_MODE"),
        "start_at": environment.get("QINGXIN_START_AT"),
    }
    usual = asdict(Deployment(SITE, "simulated", SIMULATED_START))
    fixed = json.loads(file.read_text()) if file.exists() else None
    for name, value in wanted.items():
        if fixed and value and value != fixed[name]:
            message = (
                f"This deployment was made with {name} {fixed[name]} for ever:"
                f" unset QINGXIN_{name.upper()}, or use another QINGXIN_STATE."
            )
            raise Cannot(message)
    chosen = fixed or {name: wanted[name] or usual[name] for name in usual}
    write_private(file, chosen)
    return Deployment(**chosen)


def write_private(file: Path, content: Mapping[str, object]) -> None:
    """Write privately and at once: a torn file of keys would lose what they lock."""
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
