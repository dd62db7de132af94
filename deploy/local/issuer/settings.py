"""What the issuer is told by the environment, and what it takes when told nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.cannot import Cannot

# An identifier, not an address: a free port in it would change every actor's id.
ISSUER = "https://issuer.qingxin.invalid"
ROOT = Path(__file__).parents[3]
ORGANISATION = ROOT / "services" / "routing" / "rules" / "organisation.toml"
WORKING_DAY_SECONDS = 8 * 3600
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class IssuerSettings:
    """Where the issuer listens, who it is, and whom it sends back where.

    `lifetime` of a token in seconds of wall time; `redirects` are addresses a sign-in
    may return to beside this machine's own (any loopback port).
    """

    key_path: Path
    host: str = "127.0.0.1"
    port: int = 8000
    issuer: str = ISSUER
    audience: str = "qingxin"
    organisation: Path = ORGANISATION
    lifetime: int = WORKING_DAY_SECONDS
    redirects: frozenset[str] = field(default_factory=frozenset)

    def may_return_to(self, address: str) -> bool:
        """Tell whether a sign-in may send its code to this address."""
        if address in self.redirects:
            return True
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        here = parts.scheme == "http" and parts.hostname in LOOPBACK
        return here and not parts.fragment and parts.username is None


def settings_from(environment: Mapping[str, str]) -> IssuerSettings:
    """Read the settings; raises Cannot, naming the variable that is wrong."""
    state = Path(environment.get("QINGXIN_STATE", ".local"))
    kept = state / "issuer" / "key.pem"
    listed = environment.get("QINGXIN_REDIRECTS", "").split(",")
    return IssuerSettings(
        key_path=Path(environment.get("QINGXIN_ISSUER_KEY", kept)),
        host=environment.get("QINGXIN_HOST", "127.0.0.1"),
        port=_number(environment, "QINGXIN_PORT", 8000),
        issuer=environment.get("QINGXIN_ISSUER", ISSUER),
        audience=environment.get("QINGXIN_AUDIENCE", "qingxin"),
        organisation=Path(environment.get("QINGXIN_ORGANISATION", ORGANISATION)),
        lifetime=_number(environment, "QINGXIN_TOKEN_SECONDS", WORKING_DAY_SECONDS),
        redirects=frozenset(address.strip() for address in listed if address.strip()),
    )


def _number(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    said = environment.get(name, str(otherwise))
    if not (said.isascii() and said.isdigit() and int(said) > 0):
        raise Cannot(f"{name} must be a whole number above zero.")
    return int(said)
