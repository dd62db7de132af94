"""`python -m deploy.local.issuer serve | token | secret | jwks`."""

import argparse
import json
import os
import sys
from dataclasses import replace

import uvicorn

from deploy.local.cannot import Cannot
from deploy.local.issuer.app import issuer_app
from deploy.local.issuer.minting import AGENCY, issuer_of, token_for
from deploy.local.issuer.settings import IssuerSettings, settings_from

GRACE_SECONDS = 3


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns 0, or 1 with one line on standard error."""
    asked = _parser().parse_args(arguments)
    try:
        settings = settings_from(os.environ)
        match asked.verb:
            case "serve":
                serve(settings)
            case "token":
                if asked.minutes:
                    settings = replace(settings, lifetime=asked.minutes * 60)
                _say(token_for(settings, asked.subject))
            case "secret":
                _say(secret_for(settings, asked.client))
            case _:
                _say(json.dumps(issuer_of(settings).key.key_set(), indent=2))
    except Cannot as reason:
        sys.stderr.write(f"issuer: {reason}\n")
        return 1
    return 0


def serve(settings: IssuerSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    uvicorn.run(
        issuer_app(issuer_of(settings)),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def secret_for(settings: IssuerSettings, client: str) -> str:
    """Return an agency's client secret; raises Cannot for anybody else."""
    issuer = issuer_of(settings)
    officer = issuer.officers().get(client)
    if officer is None or officer.role != AGENCY:
        raise Cannot(f"{client!r} is no agency of the organisation.")
    return issuer.key.client_secret(client)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.issuer")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="serve sign-in, tokens and keys")
    token = verbs.add_parser("token", help="print an access token of an officer")
    token.add_argument("--subject", required=True, help="such as lc-01")
    token.add_argument("--minutes", type=int, default=0, help="how long it is good")
    secret = verbs.add_parser("secret", help="print an agency's client secret")
    secret.add_argument("--client", required=True, help="such as xt-01")
    verbs.add_parser("jwks", help="print the public keys")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
