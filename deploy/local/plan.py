"""Which programs make the system on this machine: known without loading any."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.places import STATE


@dataclass(frozen=True)
class Plan:
    """Which programs make the system, where its state is, what it is told."""

    environment: Mapping[str, str]
    state: Path
    package: str = "services"
    issuer: str = "deploy.local.issuer"

    @staticmethod
    def of(environment: Mapping[str, str]) -> "Plan":
        """Return the plan an environment asks for."""
        state = Path(environment.get("QINGXIN_STATE") or STATE).resolve()
        return Plan(environment, state)
