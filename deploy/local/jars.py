"""The broker's jars: fetched by Maven coordinates, held to their SHA-256 sums."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from deploy.local import apt, java, places
from deploy.local.cannot import Cannot, last_line

SOURCE = places.REPOSITORY / "deploy" / "kafka"
SUMS = SOURCE / "jars.sha256"
LIBRARIES = places.STATE / "kafka" / "libs"
STAMP = "verified.sha256"


def ensure() -> Path:
    """Return the folder of the broker's jars, fetching them when they are missing."""
    LIBRARIES.parent.mkdir(parents=True, exist_ok=True)
    with (LIBRARIES.parent / "libs.lock").open("w") as lock:
        # Two test runs may start together in a fresh clone.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not are_current():
            _fetch()
    return LIBRARIES


def are_current() -> bool:
    stamp = LIBRARIES / STAMP
    return stamp.exists() and stamp.read_bytes() == SUMS.read_bytes()


def _fetch() -> None:
    maven = shutil.which("mvn") or _installed_maven()
    fresh = LIBRARIES.with_name("libs.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    argv = [maven, "-B", "-q", "-C", "-f", str(SOURCE / "pom.xml")]
    argv += ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
    done = subprocess.run(  # noqa: S603 -- our own pom.
        [*argv, "-DincludeScope=runtime"],
        check=False,
        capture_output=True,
        text=True,
        env=_environment(),
    )
    if done.returncode:
        message = f"Maven could not fetch Kafka: {last_line(done.stdout)}"
        raise Cannot(message)
    verify(fresh)
    shutil.copyfile(SUMS, fresh / STAMP)
    shutil.rmtree(LIBRARIES, ignore_errors=True)
    fresh.rename(LIBRARIES)


def verify(folder: Path) -> None:
    """Raise `Cannot` unless the folder holds exactly the jars with pinned sums."""
    lines = [line.split() for line in SUMS.read_text().splitlines()]
    wanted = {name: digest for digest, name in lines}
    found = {jar.name: _sum(jar) for jar in folder.glob("*.jar")}
    wrong = sorted({name for name, _ in wanted.items() ^ found.items()})
    if wrong:
        message = f"These jars are not the pinned ones: {', '.join(wrong)}"
        raise Cannot(message)


def _sum(jar: Path) -> str:
    return hashlib.sha256(jar.read_bytes()).hexdigest()


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    if shutil.which("java") is None and "JAVA_HOME" not in environment:
        environment["JAVA_HOME"] = str(java.bundled_home())
    return environment


def _installed_maven() -> str:
    apt.install(["maven"])
    return shutil.which("mvn") or shutil.which("mvn", path=os.defpath) or "mvn"
