"""`make bench-profile ONLY=project`: our contender under py-spy, as a flame graph.

Kept as `results/<part>-flame.svg`; the profile's own cost is about a tenth. The parts
that run on the whole system are not profiled here: `visible` and `door`.
"""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace

from tests.bench.__main__ import prepared
from tests.bench.part import PEERS_PYTHON, Part
from tests.bench.parts import PARTS
from tests.bench.place import Place
from tests.bench.report import FOLDER
from tests.bench.servers import servers

SPY = PEERS_PYTHON.with_name("py-spy")
RATE = "100"


def main(names: str) -> int:
    """Profile the parts asked for; 2 for one that is not there."""
    parts: Mapping[str, Part] = {
        name: part for name, part in PARTS.items() if part.where is servers
    }
    chosen = names.split(",") if names else [*parts]
    if unknown := set(chosen) - parts.keys():
        told = f"No part {', '.join(sorted(unknown))} to profile; there are: "
        print(told + ", ".join(parts))  # noqa: T201
        return 2
    for name in chosen:
        with servers() as place:
            _profiled(parts[name], place)
    return 0


def _profiled(part: Part, place: Place) -> None:
    if part.prepare is not None:
        ready = asyncio.run(prepared(part, place))
        place = replace(place, ready={**place.ready, **ready})
    ours = next(iter(part.contenders))
    file = FOLDER / f"{part.name}-flame.svg"
    spied = [str(SPY), "record", "--rate", RATE, "--output", str(file), "--"]
    work = [sys.executable, "-m", "tests.bench.contender", part.name, ours]
    subprocess.run(  # noqa: S603 -- our own commands.
        [*spied, *work], input=place.to_json(), text=True, check=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
