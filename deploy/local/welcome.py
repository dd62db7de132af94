"""What a person reads once the system is up: where to look first."""

from collections.abc import Mapping

from deploy.local.kept import SERVICES
from deploy.local.settings import Settings


def text(addresses: Mapping[str, str], settings: Settings) -> str:
    """Return the lines printed when everything is ready."""
    console, workers = addresses["reporting"], addresses["intake"]
    services = "\n".join(f"  {name:<12} {addresses[name]}/docs" for name in SERVICES)
    deployment = settings.deployment
    return f"""
Qingxin 清薪 is ready ({deployment.mode} time, district {deployment.site}).

Console          {console}/
Workers' page    {workers}/
Services' interfaces
{services}
Ctrl-C ends everything; what was recorded stays in {settings.state}.
"""
