"""Sessions: who is signed in; the token stays on the server, sealed by the cookie."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

import asyncpg

from libs import sealing

COOKIE = "qingxin_console"
LASTS = timedelta(hours=8)

BEGIN = "INSERT INTO console_session (id, sealed, ends_at) VALUES ($1, $2, $3)"
FIND = "SELECT sealed FROM console_session WHERE id = $1 AND ends_at > now()"
END = "DELETE FROM console_session WHERE id = $1"
SWEEP = "DELETE FROM console_session WHERE ends_at <= now()"


@dataclass(frozen=True)
class Session:
    """A signed-in browser: its secret (the cookie's value) and its token."""

    secret: str
    token: str

    @property
    def csrf(self) -> str:
        """Return what every form of this sign-in carries."""
        return hmac.digest(self.secret.encode(), b"csrf", sha256).hex()

    def wrote(self, csrf: str | None) -> bool:
        """Say whether a form came from a page of this sign-in."""
        return csrf is not None and hmac.compare_digest(
            csrf.encode(), self.csrf.encode()
        )


async def begin(pool: asyncpg.Pool, key: bytes, token: str) -> Session:
    """Begin a session for a token; old ones are swept."""
    session = Session(token_urlsafe(32), token)
    await pool.execute(SWEEP)
    sealed = seal(_key(key, session.secret), token.encode())
    ends_at = datetime.now(UTC) + LASTS
    await pool.execute(BEGIN, _id(session.secret), sealed, ends_at)
    return session


async def find(pool: asyncpg.Pool, key: bytes, secret: str | None) -> Session | None:
    """Return the session of a cookie, or None."""
    if not secret:
        return None
    sealed = await pool.fetchval(FIND, _id(secret))
    if sealed is None:
        return None
    token = unseal(_key(key, secret), sealed)
    return None if token is None else Session(secret, token.decode())


async def end(pool: asyncpg.Pool, session: Session) -> None:
    """End a session: its cookie opens nothing any more."""
    await pool.execute(END, _id(session.secret))


def seal(key: bytes, text: bytes) -> bytes:
    """Encrypt and authenticate: the key says the place."""
    return sealing.seal(key, text, b"")


def unseal(key: bytes, sealed: bytes) -> bytes | None:
    """Return what was sealed; None when it was not sealed under this key."""
    try:
        return sealing.unseal(key, sealed, b"")
    except sealing.Unreadable:
        return None


def derived(key: bytes, use: str) -> bytes:
    """Return a key of 32 bytes for one use."""
    return hmac.digest(key, f"console {use}".encode(), sha256)


def _key(key: bytes, secret: str) -> bytes:
    return derived(key, f"session {secret}")


def _id(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
