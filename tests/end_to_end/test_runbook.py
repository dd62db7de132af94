"""The runbook has a section for each alarm; each of its commands runs as written."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from deploy.local.places import REPOSITORY
from libs.service.alarms import alarms
from tests.end_to_end.test_foreign import newer_version, settled_clue
from tests.end_to_end.test_operating import dropped_all
from tests.end_to_end.test_restore import forget_what_was_kept_aside
from tests.end_to_end.whole import ALL, OPERATOR, Whole
from tests.eventually import eventually

RUNBOOK = (REPOSITORY / "deploy" / "RUNBOOK.md").read_text("utf-8")
SECTION = re.compile(r"^## (\S+)$", re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOKS = ("qingxin alarms", "qingxin parked list", "qingxin status")
"""They end with 4 when they found something, and here they do."""


def commands() -> list[str]:
    """Return every command of the runbook, in order, each once."""
    lines = [line for block in BLOCK.findall(RUNBOOK) for line in block.splitlines()]
    return list(dict.fromkeys(lines))


def test_every_alarm_has_its_section_and_its_commands() -> None:
    sections = set(SECTION.findall(RUNBOOK))
    assert set(alarms()) <= sections
    for code in alarms():
        rest = RUNBOOK[RUNBOOK.index(f"\n## {code}\n") + 4 :]
        assert "```sh" in rest.split("\n## ")[0], code


async def test_every_alarm_holds_a_number_that_a_service_tells(whole: Whole) -> None:
    wanted = {alarm.measure for alarm in alarms().values()}

    async def untold() -> set[str]:
        told = set[str]()
        for service in ALL:
            said = await whole.get(OPERATOR, service, "/operator/alarms")
            told |= said["vitals"].keys()
        return wanted - told

    async def all_told() -> bool:
        assert await untold() == set()
        return True

    # Kafka is asked for its replicas beside all other work.
    await eventually(all_told)


@pytest.mark.slow
async def test_every_command_of_the_runbook_runs_as_written(
    whole: Whole, tmp_path: Path
) -> None:
    event = await newer_version(whole, await settled_clue(whole))
    await whole.settled()
    told = dict(os.environ) | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "QINGXIN_STATE": str(whole.state),
        "STATE": str(whole.state),
        "DIR": str(tmp_path / "backup"),
        "EVENT": event,
        "CONSUMER": "reactions",
    }
    (whole.state / "logs" / "postgres.log").touch()
    (whole.state / "logs" / "kafka.log").touch()
    failed = {}
    for command in commands():
        process = await asyncio.create_subprocess_exec(
            *("bash", "-o", "pipefail", "-c", command),
            env=told,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        if process.returncode not in ({0, 4} if command.startswith(LOOKS) else {0}):
            failed[command] = (process.returncode, out.decode()[-500:])
    assert failed == {}
    for service in ALL:
        await dropped_all(whole, service)
    await forget_what_was_kept_aside(whole)
