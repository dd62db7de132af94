"""A supervisor over the stand-ins, as `python -m tests.integration.fake_services`."""

import os
import sys
from dataclasses import replace

from deploy.local import supervisor
from deploy.local.cannot import Cannot
from deploy.local.plan import Plan

PACKAGE = "tests.integration.fake_services"

if __name__ == "__main__":
    plan = replace(Plan.of(os.environ), package=PACKAGE, issuer=f"{PACKAGE}.issuer")
    try:
        raise SystemExit(supervisor.up(plan))
    except Cannot as reason:
        sys.stderr.write(f"qingxin: {reason}\n")
        raise SystemExit(1) from reason
