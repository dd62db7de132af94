"""`python -m deploy.local up|down|status`: the same commands as `qingxin`'s."""

from deploy.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
