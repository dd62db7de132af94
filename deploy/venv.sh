#!/bin/sh
# Make .venv and install one hash-pinned list into it: venv.sh PYTHON REQUIREMENTS
set -eu

python=$1
requirements=$2

say() { echo "$1" >&2; }

if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))'; then
    say "Python 3.11 or 3.12 is missing: install it (Debian 12: apt-get install python3)."
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "Python cannot make environments: install python3-venv (Debian: apt-get install python3-venv)."
        exit 1
    fi
    say "missing, so: apt-get install python3-venv"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3-venv >/dev/null
fi

# A folder that was moved, or an environment that was broken off, is made anew.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "making .venv"
    rm -rf .venv
    "$python" -m venv .venv
fi
say "installing $requirements"
pip=".venv/bin/python -m pip --disable-pip-version-check --no-input --quiet"
$pip install --require-hashes --requirement "$requirements"
# hatchling came with the list: isolation would fetch an unpinned one.
$pip install --no-deps --no-build-isolation --editable .
