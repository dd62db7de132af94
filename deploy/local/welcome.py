"""What a person reads once the system is up: where to look first."""

from collections.abc import Mapping

from deploy.local.kept import SERVICES
from deploy.local.settings import Settings

# The demonstration's officers as the local issuer offers them.
SIGN_INS = (
    ("lc-01", "中心 centre", "takes complaints, screens, proposes transfers"),
    ("li-01", "街道劳动监察 inspection", "accepts, verifies, records payments"),
    ("lg-01", "领导小组办公室 leading group", "rules who is responsible, closes weeks"),
    ("db-01", "区执法大队 brigade", "files cases, second reviewer"),
    ("hd-01", "区人社局 HRSS head", "orders payment"),
    ("au-01", "审计 auditor", "reads everything, explains, verifies"),
    ("op-01", "运维 operator", "health, parked events, rebuilds, traces"),
)


def text(addresses: Mapping[str, str], settings: Settings) -> str:
    """Return the lines printed when everything is ready."""
    deployment = settings.deployment
    services = [f"  {name:<12} {addresses[name]}/docs" for name in SERVICES]
    sign_ins = [f"  {who:<6} {unit:<28} {does}" for who, unit, does in SIGN_INS]
    lines = [
        "",
        f"Qingxin 清薪 is ready ({deployment.mode} time, district {deployment.site}).",
        "",
        f"Console         {addresses['reporting']}/",
        f"Workers' page   {addresses['intake']}/",
        "Sign-ins that are ready (no password: the local issuer asks who you are)",
        *sign_ins,
        "Interfaces",
        *services,
        "Five things to try",
        *_five(addresses),
        f"Ctrl-C ends everything; what was recorded stays in {settings.state}.",
        "",
    ]
    return "\n".join(lines)


def _five(addresses: Mapping[str, str]) -> list[str]:
    return [
        f"  1 report unpaid wages as a worker: {addresses['intake']}/",
        f"  2 sign in as lc-01 and see Today: {addresses['reporting']}/",
        "  3 follow one complaint's timeline, and open its trace",
        "  4 open a number of the weekly table down to the events behind it",
        "  5 qingxin status, then qingxin verify: journal = topic = chain",
    ]
