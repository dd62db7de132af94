"""One contender in a process of its own: a place comes in, samples go out."""

import json
import logging
import sys

import structlog
import uvloop

from libs.collecting import collect_seldom
from tests.bench.measure import Sample
from tests.bench.parts import PARTS
from tests.bench.place import Place
from tests.stack import FreshDatabases, drop_databases


async def work(part: str, contender: str, place: Place) -> list[Sample]:
    """Let a contender do its work on databases of its own."""
    templates: dict[str, str] = {}
    databases = FreshDatabases(place.admin, templates)
    try:
        return await PARTS[part].contenders[contender](place, databases)
    finally:
        await databases.drop_all()
        await drop_databases(place.admin, list(templates.values()))


def main() -> None:
    """Work, and say what was measured."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(
        wrapper_class=quiet, logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    # As every process of the product that reads events does; the peers' do it, too.
    collect_seldom()
    place = Place.from_json(sys.stdin.read())
    samples = uvloop.run(work(sys.argv[1], sys.argv[2], place))
    print(json.dumps([sample.to_json() for sample in samples]))  # noqa: T201


if __name__ == "__main__":
    main()
