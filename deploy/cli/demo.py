"""`qingxin demo`: load the demonstration campaign, play it on, or check its figures."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import asyncpg
import httpx
import uvloop

from deploy.cli import DONE, WRONG, show
from deploy.cli.clock import OPERATOR
from deploy.clockwork import Clockwork
from deploy.demo.check import Compared, compared
from deploy.demo.loader import Loaded, Loader, Progress
from deploy.demo.office import after_close, weeks
from deploy.demo.plan import SEED, Plan, plan
from deploy.demo.stops import END, PAUSE
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.issuer.minting import issuer_of
from deploy.local.issuer.settings import settings_from
from deploy.local.plan import Plan as StackPlan
from deploy.local.settings import ISSUER, Settings

WIDTH = 30


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "verb",
        nargs="?",
        default="load",
        choices=("load", "continue"),
        help="load up to the last morning; continue to the end",
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--weeks",
        type=int,
        choices=range(1, len(weeks()) + 1),
        help="load only so many weeks; without it, a later load goes on from there",
    )
    parser.add_argument(
        "--check", action="store_true", help="print figures beside the foretold ones"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load or play on; print how long it took."""
    settings = running.settings(StackPlan.of(os.environ).state)
    if settings.deployment.mode != "simulated":
        raise Cannot(
            "The demonstration needs a simulated deployment; this one is real."
        )
    issuer = settings.of_issuer()["QINGXIN_ISSUER"]
    planned = plan(arguments.seed, settings.deployment.site, issuer or ISSUER)
    if arguments.check:
        return _check(asyncio.run(_compared(settings, planned)), arguments)
    until = _until(arguments.verb, arguments.weeks)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loaded = runner.run(_load(settings, planned, until))
    answer = {
        "steps": loaded.done,
        "seconds": round(loaded.seconds, 1),
        "unlike": loaded.unlike or [],
    }
    show(answer, _words(loaded), as_json=arguments.json)
    return DONE


def _until(verb: str, whole_weeks: int | None) -> datetime:
    """Return where a load stops: at the end, at a week's close, or the last morning."""
    if verb == "continue":
        return END
    if whole_weeks is None:
        return PAUSE
    return min(after_close(whole_weeks), PAUSE)


async def _compared(settings: Settings, planned: Plan) -> list[Compared]:
    issuer = issuer_of(settings_from(settings.of_issuer()))
    token = issuer.access_token(OPERATOR)
    async with httpx.AsyncClient(timeout=60) as client:
        now = await Clockwork(client, settings.address, token).opened()
    connection = await asyncpg.connect(settings.app_dsn("reporting"))
    try:
        return await compared(connection, planned, now)
    finally:
        await connection.close()


def _check(found: Sequence[Compared], arguments: argparse.Namespace) -> int:
    unequal = [one for one in found if not one.equal]
    lines = [
        f"{'=' if one.equal else '!'} {one.name:<24}{one.expected:>16}{one.got:>16}"
        for one in found
    ]
    verdict = (
        f"{len(unequal)} of {len(found)} figures differ; what was done here besides"
        " the plan counts too"
        if unequal
        else f"all {len(found)} figures are as foretold (sums in fen)"
    )
    head = f"  {'figure':<24}{'foretold':>16}{'counted':>16}"
    answer = {
        "differ": [asdict(one) for one in unequal],
        "figures": [asdict(one) for one in found],
    }
    show(answer, "\n".join([head, *lines, verdict]), as_json=arguments.json)
    return WRONG if unequal else DONE


def _words(loaded: Loaded) -> str:
    if not loaded.done:
        return "demonstration: it is loaded already"
    rate = loaded.done / max(loaded.seconds, 0.001)
    lines = [
        (
            f"demonstration: {loaded.done} steps in {loaded.seconds:.1f} s"
            f" ({rate:.0f} a second, the clock's moves included)"
        ),
        *(loaded.unlike or []),
    ]
    return "\n".join(lines)


async def _load(settings: Settings, planned: Plan, until: datetime) -> Loaded:
    issuer = issuer_of(settings_from(settings.of_issuer()))
    tokens = {subject: issuer.access_token(subject) for subject in issuer.officers()}
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        clockwork = Clockwork(client, settings.address, tokens[OPERATOR])
        loader = Loader(client, settings.address, tokens, clockwork)
        if until == END:
            loader.loaded.unlike = []
        return await loader.play(planned, until, _bar)


def _bar(progress: Progress) -> None:
    done = progress.done / max(progress.total, 1)
    filled = "█" * int(done * WIDTH)
    line = (
        f"{filled:<{WIDTH}} {done:4.0%} {progress.at:%m-%d %H:%M}"
        f" {progress.rate:4.0f}/s {progress.seconds_left:3.0f} s left"
    )
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line}" + ("\n" if done == 1 else ""))
    elif int(done * 10) > int(_shown[0] * 10) or done == 1:
        sys.stderr.write(f"{line}\n")
    _shown[0] = done
    sys.stderr.flush()


_shown = [0.0]
