"""`qingxin token`: an access token of the local issuer, for tools and curl."""

import argparse
import os

from deploy.cli import DONE, show
from deploy.cli.clock import operator_token
from deploy.local import running
from deploy.local.plan import Plan


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("subject", help="who signs in, such as lc-01")


def run(arguments: argparse.Namespace) -> int:
    """Print the token."""
    settings = running.settings(Plan.of(os.environ).state)
    token = operator_token(settings, arguments.subject)
    show({"token": token}, token, as_json=arguments.json)
    return DONE
