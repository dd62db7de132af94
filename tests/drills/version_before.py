"""Routing one release earlier: it reads both versions of a transfer, writes the old.

That is the order of an upgrade: readers first learn a version, writers say it later.
"""

import sys

from libs.events.contracts.routing import CaseTransferredV1
from libs.service.run import main
from services.routing import transfer
from services.routing.app import SERVICE


def said_before(*, reason: object, article: object, **said: object) -> object:
    """Return what was said of a transfer before its ground was."""
    del reason, article
    return CaseTransferredV1.model_validate(said)


if __name__ == "__main__":
    vars(transfer)["CaseTransferred"] = said_before
    main(SERVICE, sys.argv[1:])
