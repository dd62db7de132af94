"""Whatever the OpenAPI documents allow or forbid, no service answers 5xx."""

import asyncio
import os
import sys

import pytest

from deploy.local.places import REPOSITORY
from tests.end_to_end.whole import ALL, Whole

SEED = "20231110"
# `make test-all` asks for more.
EXAMPLES = os.environ.get("QINGXIN_FUZZ_EXAMPLES") or "15"
OFFICERS = {
    "intake": "li-01",
    "routing": "lg-01",
    "enforcement": "db-01",
    "reporting": "lg-01",
}
LEFT_OUT = (
    # The clock of the whole campaign would run away, and doors be closed, for others.
    "/operator/.*",
    # A long poll waits as long as it is asked to, and a stream ends with the service.
    "/v1/events.*",
)


@pytest.mark.slow
@pytest.mark.parametrize("service", ALL)
async def test_no_service_fails_on_what_its_document_describes(
    whole: Whole, service: str
) -> None:
    base = whole.settings.address(service)
    words = [
        *("run", f"{base}/openapi.json", "--url", base),
        *("--checks", "not_a_server_error", "--seed", SEED),
        *("--max-examples", EXAMPLES, "--workers", "2", "--phases", "fuzzing"),
        *("--generation-database", "none", "--request-timeout", "20"),
        *("--header", f"Authorization: Bearer {whole.token(OFFICERS[service])}"),
        *(word for path in LEFT_OUT for word in ("--exclude-path-regex", path)),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "schemathesis.cli", *words),
        cwd=REPOSITORY,
        env=dict(os.environ) | {"NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode(errors="replace")[-8_000:]
