"""Where the stack keeps its state, and where PostgreSQL is allowed to keep its own.

PostgreSQL refuses to run as root, and an unprivileged account cannot enter a folder
below a private one. Where that is so, binaries and rows go below `/var/lib/qingxin`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.local.cannot import Cannot
from deploy.local.children import Account

REPOSITORY = Path(__file__).resolve().parents[2]
STATE = REPOSITORY / ".local"
SYSTEM_STATE = Path("/var/lib/qingxin")
ACCOUNT_NAME = "qingxin"
MAY_ENTER = 0o001
OWNER_MAY_ENTER = 0o100


def database_account() -> Account | None:
    """Return the unprivileged account for PostgreSQL; None when we are one."""
    if os.geteuid() != 0:
        return None
    return _account(ACCOUNT_NAME) or _made_account() or _account("nobody")


def _account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _made_account() -> Account | None:
    useradd = shutil.which("useradd")
    if useradd is None:
        return None
    subprocess.run(  # noqa: S603 -- a fixed command; a rival may have been first.
        [useradd, "--system", "--no-create-home", "--user-group", ACCOUNT_NAME],
        check=False,
        capture_output=True,
    )
    return _account(ACCOUNT_NAME)


def may_enter(folder: Path, account: Account) -> bool:
    """Say whether `account` can reach what lies in `folder`."""
    return all(_enters(step, account) for step in [folder, *folder.parents])


def _enters(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & OWNER_MAY_ENTER)
    return bool(status.st_mode & MAY_ENTER)


def reachable_folder(wanted: Path, account: Account | None) -> Path:
    """Return `wanted`, or its stand-in below the system's state directory.

    A link at `wanted` records where the stand-in is. The folder exists afterwards,
    and `account` can reach it.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.is_symlink():  # Decided at an earlier start, wherever we are by now.
        return _owned(wanted.resolve(), account)
    if account is None or may_enter(wanted.parent.resolve(), account):
        return _owned(wanted, account)
    # A name nobody had: what a folder deleted from this very place left behind has its
    # own password, and its rows may still be wanted.
    SYSTEM_STATE.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{wanted.name}-", dir=SYSTEM_STATE))
    try:
        wanted.symlink_to(_owned(folder, account))
    except FileExistsError:  # Another that starts at the same time has made it by now.
        folder.rmdir()
    return _owned(wanted.resolve(), account)


def _owned(folder: Path, account: Account | None) -> Path:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    except PermissionError as error:
        message = f"No right to write {folder}: give this user the folder."
        raise Cannot(message) from error
    return folder
