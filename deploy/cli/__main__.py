"""`python -m deploy.cli`: the command `qingxin` where it is not installed."""

from deploy.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
