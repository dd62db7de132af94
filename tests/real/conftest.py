"""These tests need the agencies' files, so they run only when they are asked for."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent.resolve()


def pytest_ignore_collect(
    collection_path: Path,  # noqa: ARG001 - the hook's own argument
    config: pytest.Config,
) -> bool | None:
    """Leave this folder out unless the command line names it (`make test-real`)."""
    named = (Path(argument.split("::")[0]).resolve() for argument in config.args)
    if any(path == HERE or HERE in path.parents for path in named):
        return None
    return True
