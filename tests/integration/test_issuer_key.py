"""The local issuer's command line, its key file and its end."""

import os
import re
import signal
from pathlib import Path

from deploy.local.issuer.keys import signing_key
from deploy.local.issuer.minting import token_for
from deploy.local.issuer.settings import settings_from
from tests.integration.issuer_at_work import started, until_ready, verb


def test_an_unknown_subject_is_one_line_that_names_the_known(tmp_path: Path) -> None:
    said = verb(tmp_path, "token", "--subject", "nobody")
    assert said.returncode == 1
    assert re.fullmatch(r"issuer: .*'nobody'.*lc-01.*\n", said.stderr)


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    settings = settings_from({"QINGXIN_STATE": str(tmp_path)})
    first = signing_key(settings.key_path)
    assert signing_key(settings.key_path).kid == first.kid
    assert settings.key_path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.key_path.parent.iterdir()] == ["key.pem"]
    assert token_for(settings, "lc-01")
    settings.key_path.chmod(0o644)
    said = verb(tmp_path, "jwks")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "chmod 600" in said.stderr


async def test_the_issuer_ends_quietly_on_sigterm(tmp_path: Path) -> None:
    with started("deploy.local.issuer", tmp_path, "serve") as running:
        await until_ready(running)
        os.kill(running.process.pid, signal.SIGTERM)
        said, _ = running.process.communicate(timeout=15)
    assert "Traceback" not in said
