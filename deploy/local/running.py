"""What runs at the moment, written by the supervisor for the other commands."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from deploy.local import kept
from deploy.local.alone import supervisor
from deploy.local.cannot import Cannot
from deploy.local.settings import Servers, Settings

if TYPE_CHECKING:  # every command loads this module, few the programs it starts
    from deploy.local.stack import Stack

FILE = "running.json"
KEPT_SETTINGS = ("QINGXIN_TOPIC_PREFIX", "QINGXIN_DATABASE_PREFIX")


def write(stack: "Stack", settings: Settings) -> None:
    """Write what runs where. The file holds a password: it is private."""
    told = settings.environment
    content = {
        "supervisor": os.getpid(),
        "admin": settings.servers.admin,
        "kafka": settings.servers.kafka,
        "environment": {name: told[name] for name in KEPT_SETTINGS if name in told},
        "parts": {
            name: {"pid": child.pid, "address": stack.addresses[name]}
            for name, child in stack.children.items()
        },
    }
    kept.write_private(stack.plan.state / FILE, content)


def forget(state: Path) -> None:
    """Nothing runs any more."""
    (state / FILE).unlink(missing_ok=True)


def parts(state: Path) -> Mapping[str, Mapping[str, object]]:
    """Return the process id and address of each part, by name; {} while starting."""
    told = _told(state)
    return told["parts"] if told else {}


def is_up(state: Path) -> bool:
    """Say whether a supervisor has started everything."""
    return _told(state) is not None


def settings(state: Path) -> Settings:
    """Return the settings of the running system: addresses, DSNs, secrets.

    Raises `Cannot` when nothing runs, or not yet.
    """
    told = _told(state)
    if told is None:
        message = "Nothing is running: start it with `qingxin up`."
        raise Cannot(message)
    environment = dict(os.environ) | told["environment"]
    ports = json.loads((state / "ports.json").read_text())
    return Settings(
        state,
        kept.deployment(state, {}),
        Servers(told["admin"], told["kafka"], ports),
        kept.secret_for(state),
        environment,
    )


class _Told(TypedDict):
    supervisor: int
    admin: str
    kafka: str
    environment: dict[str, str]
    parts: dict[str, dict[str, object]]


def _told(state: Path) -> _Told | None:
    """Return what the living supervisor wrote; what a dead one left does not count."""
    file = state / FILE
    pid = supervisor(state)
    if pid is None or not file.exists():
        return None
    told: _Told = json.loads(file.read_text())
    return told if told["supervisor"] == pid else None
