"""What the tests need beside Python packages: Kafka's jars, a browser, other clients.

`python -m deploy.local.set_up jars|browser|clients`: installs with apt where we are
root, else says in one line what to install, and fails.
"""

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.local import apt, clients, jars
from deploy.local.cannot import Cannot

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FONTS = Path("/usr/share/fonts")
CHINESE = ("*CJK*", "*wqy*", "*DroidSansFallback*", "*SourceHan*")


def chromium() -> Path | None:
    """Return the browser the tests drive, if there is one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return Path(found) if found else None


def has_chinese_font() -> bool:
    """Say whether pages can be drawn without empty boxes."""
    return any(next(FONTS.rglob(name), None) for name in CHINESE)


def browser() -> None:
    """Make sure of a browser and a Chinese font; raises `Cannot` where it can't."""
    missing = ([] if chromium() else ["chromium"]) + (
        [] if has_chinese_font() else ["fonts-noto-cjk"]
    )
    if missing:
        apt.install(missing)
    if chromium() is None or not has_chinese_font():
        message = f"Still missing after apt-get: {' '.join(missing)}"
        raise Cannot(message)


STEPS: Mapping[str, Callable[[], object]] = {
    "jars": jars.ensure,
    "browser": browser,
    "clients": clients.ensure,
}


def main() -> int:
    """Run the named steps; return the exit code."""
    try:
        for name in sys.argv[1:]:
            STEPS[name]()
    except Cannot as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
