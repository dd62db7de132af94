"""The issuer's signing key: made once, kept in one file that nobody else may read."""

import hmac
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.local.cannot import Cannot

ALGORITHM = "EdDSA"
OTHERS = 0o077


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key and the id that tokens name it by (RFC 7638 thumbprint)."""

    private: Ed25519PrivateKey

    @property
    def kid(self) -> str:
        """Return the key's thumbprint."""
        members = {name: self.jwk_members()[name] for name in ("crv", "kty", "x")}
        return _text(sha256(orjson.dumps(members)).digest())

    def jwk_members(self) -> dict[str, str]:
        """Return the members that make the public key (RFC 8037)."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"crv": "Ed25519", "kty": "OKP", "x": _text(raw)}

    def key_set(self) -> dict[str, Any]:
        """Return the public key set (RFC 7517)."""
        row = {**self.jwk_members(), "kid": self.kid, "use": "sig", "alg": ALGORITHM}
        return {"keys": [row]}

    def client_secret(self, client_id: str) -> str:
        """Return an agency's secret: derived, so that nothing has to be kept."""
        raw = self.private.private_bytes_raw()
        return hmac.new(raw, b"client\0" + client_id.encode(), sha256).hexdigest()


def signing_key(path: Path) -> SigningKey:
    """Return the key kept at a path; the first one to ask makes it, mode 0600.

    Raises Cannot when others may read the file or when it holds no Ed25519 key.
    """
    if not path.exists():
        _make(path)
    if path.stat().st_mode & OTHERS:
        raise Cannot(f"Others may read the issuer's key: chmod 600 {path}")
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        raise Cannot(f"{path} holds no key: remove it and start again.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise Cannot(f"{path} holds no Ed25519 key: remove it and start again.")
    return SigningKey(private)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(text)
    try:
        # A link fails where a rival's key already stands: then that one counts.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
