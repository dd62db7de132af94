"""`make bench`: this system beside its peers, on servers started for the run."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from tests.bench import message_db, versions
from tests.bench.measure import Sample
from tests.bench.part import PEERS_PYTHON, Part, run
from tests.bench.parts import PARTS
from tests.bench.place import KEPT, Place
from tests.bench.report import PAGE, entry, keep, page
from tests.stack import FreshDatabases, drop_databases


def main() -> int:
    """Measure the parts that were asked for, print their goals, write the page."""
    usual = [name for name, part in PARTS.items() if not part.asked]
    names = sys.argv[1].split(",") if len(sys.argv) > 1 and sys.argv[1] else usual
    if unknown := set(names) - PARTS.keys():
        known = ", ".join(PARTS)
        print(f"No part {', '.join(sorted(unknown))}; there are: {known}")  # noqa: T201
        return 2
    chosen = [_present(PARTS[name]) for name in names]
    for where, parts in groupby(chosen, key=lambda part: part.where):
        with where() as place:
            for part in parts:
                _measure(part, place)
    PAGE.write_text(page(PARTS))
    return 0


def _present(part: Part) -> Part:
    """Return the part without the peers that are not installed, and say so."""
    scripts, contenders = part.scripts, dict(part.contenders)
    if scripts and not PEERS_PYTHON.exists():
        print(f"bench: no peers' Python, so without {', '.join(scripts)}")  # noqa: T201
        scripts = ()
    if "message_db" in contenders and not message_db.is_there():
        del contenders["message_db"]
        print("bench: message-db is not installed (npm), so without it")  # noqa: T201
    return replace(part, scripts=scripts, contenders=contenders)


def _measure(part: Part, place: Place) -> None:
    began = time.monotonic()
    samples = run(part, asyncio.run(prepared(part, place)))
    stood = {**asyncio.run(versions.of_servers(place)), **versions.of_peers(part)}
    kept = entry(part, samples, time.monotonic() - began, stood)
    _write(part, kept, samples)
    keep(part, kept)
    for ratio in kept["ratios"]:
        word = "" if ratio["met"] else "  missed"
        value = "not held" if ratio["ratio"] is None else f"{ratio['ratio']:.2f}"
        print(f"{ratio['name']:70} {value:>8}{word}")  # noqa: T201
    for limit in kept["limits"]:
        word = "" if limit["met"] else "  missed"
        print(f"{limit['name']:70} {limit['value']} {limit['unit']}{word}")  # noqa: T201


async def prepared(part: Part, place: Place) -> Place:
    """Make ready what a part's contenders share; return the place with it."""
    if part.prepare is None:
        return place
    print(f"bench: {part.name} is prepared …", file=sys.stderr, flush=True)  # noqa: T201
    templates: dict[str, str] = {}
    databases = FreshDatabases(place.admin, templates)
    try:
        ready = await part.prepare(place, databases)
        return replace(place, ready={**place.ready, **ready})
    finally:
        await drop_databases(place.admin, list(templates.values()))


def _write(part: Part, kept: dict[str, object], samples: Sequence[Sample]) -> None:
    """Keep every sample of this run here; the repository keeps the medians."""
    KEPT.mkdir(parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{part.name}.json"
    text = json.dumps({**kept, "samples": [one.to_json() for one in samples]}, indent=1)
    (KEPT / name).write_text(text)
    print(f"{part.name}: {len(samples)} samples, load {os.getloadavg()[0]:.1f}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
