"""The services' seal keys: made at the first start, never a second time unasked."""

from deploy.local.kept import SERVICES
from deploy.local.settings import Settings
from libs.events.audit import signing
from libs.events.audit.seal_store import KEYS

PRIVATE_FOLDER = 0o700


def make_seal_keys(settings: Settings) -> None:
    """Make the keys that are missing.

    One that was announced and is gone was lost: then the service says so, and goes on
    without seals until `qingxin seals rotate --lost`.
    """
    for service in SERVICES:
        path = settings.seal_key(service)
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        announced = settings.seal_folder(service) / KEYS
        if not path.exists() and not announced.exists():
            signing.keep(signing.made(), path)
