"""Installing Debian packages where we may, saying what to install where we may not."""

import os
import shutil
import subprocess
import sys

from deploy.local.cannot import Cannot, last_line


def install(packages: list[str]) -> None:
    """Install Debian packages; raises `Cannot` with the command when not root."""
    program = shutil.which("apt-get")
    words = f"apt-get install {' '.join(packages)}"
    if os.geteuid() != 0 or program is None:
        message = f"Missing: {', '.join(packages)}. Install them (Debian: {words})."
        raise Cannot(message)
    sys.stderr.write(f"missing, so: {words}\n")
    arguments = ["install", "-y", "--no-install-recommends", *packages]
    for argv in ([program, "-qq", "update"], [program, "-qq", *arguments]):
        done = subprocess.run(  # noqa: S603 -- fixed commands.
            argv,
            check=False,
            capture_output=True,
            text=True,
            env=dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode:
            message = f"{words} failed: {last_line(done.stderr)}"
            raise Cannot(message)
