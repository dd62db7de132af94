"""What others read our topics with, for the tests: kcat, Node and its packages, a JDK.

Each is used where it is; what is missing is installed with apt where we are root.
"""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from deploy.local import apt, java, places
from deploy.local.cannot import Cannot, last_line

WANTED = places.REPOSITORY / "tests" / "clients"
LOCK = "package-lock.json"
HERE = places.STATE / "clients"
STAMP = "installed.sha256"
# What is run, and the Debian package that brings it.
PROGRAMS = {"kcat": "kcat", "node": "nodejs", "npm": "npm"}
JDK = "openjdk-17-jdk-headless"


def ensure() -> Path:
    """Return the folder of Node's packages; everything else is on the path then.

    Raises `Cannot`, in one line, where something is missing and can't be installed.
    """
    missing = [package for name, package in PROGRAMS.items() if not shutil.which(name)]
    if not _has_compiler():
        missing.append(JDK)
    if missing:
        apt.install(missing)
    HERE.mkdir(parents=True, exist_ok=True)
    with (HERE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            _install()
    return HERE / "node_modules"


def compiling_java() -> Path:
    """Return a Java that runs a source file; raises `Cannot` where there is none."""
    home = java.java().parent
    if (home / "javac").exists():
        return home / "java"
    found = shutil.which("javac")
    if found is None:
        message = f"A JDK of 17 or newer is missing (Debian: apt-get install {JDK})."
        raise Cannot(message)
    return Path(found).resolve().with_name("java")


def _has_compiler() -> bool:
    try:
        compiling_java()
    except Cannot:
        return False
    return True


def _digest() -> str:
    return hashlib.sha256((WANTED / LOCK).read_bytes()).hexdigest()


def _is_current() -> bool:
    stamp = HERE / STAMP
    return stamp.exists() and stamp.read_text() == _digest()


def _install() -> None:
    for name in ("package.json", LOCK):
        shutil.copyfile(WANTED / name, HERE / name)
    npm = shutil.which("npm") or "npm"
    argv = [npm, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit"]
    done = subprocess.run(  # noqa: S603 -- our own list, held to its sums.
        [*argv, "--no-fund", "--loglevel=error"],
        cwd=HERE,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        message = f"npm could not install tests/clients: {last_line(done.stderr)}"
        raise Cannot(message)
    (HERE / STAMP).write_text(_digest())
