"""What the bench measured is told as it was: broken, unmeasured, or held."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.bench.loops import Closed, NotDone, Open, Outcome
from tests.bench.measure import TICKS, Meter, Sample, cpu_of_trees
from tests.bench.part import Goal, Part, medians
from tests.bench.parts import PARTS
from tests.bench.place import Place
from tests.bench.profiling import tree
from tests.bench.report import entry, page, ratios
from tests.bench.versions import jar_version
from tests.bench.visible import LATE, REFUSED, told

GOAL = Goal("g", ("ours", "100"), ("trip", "100"), figure="p99", most=3)
TRIP = Sample("trip", "100", 100.0, p99=4.0)


def part() -> Part:
    return Part("p", "P", "clients", {}, goals=(GOAL,))


async def outcome_of(refused: int, late: int) -> Sample:
    left = [REFUSED] * refused + [LATE] * late

    async def act() -> None:
        if left:
            raise NotDone(left.pop())

    loop, meter = Open(1000, 0.02), Meter([])
    with meter:
        outcome = await loop.run(act)
    return told(meter, loop, outcome)


async def test_acts_that_were_not_done_are_in_no_rate_and_break_it() -> None:
    sample = await outcome_of(refused=3, late=1)
    assert sample.broke == f"3 of 20 {REFUSED}, 1 of 20 {LATE}"
    assert sample.more == {REFUSED: 3, LATE: 1}
    assert (await outcome_of(refused=20, late=0)).p99 is None


async def test_a_rate_that_all_were_done_at_is_held() -> None:
    assert (await outcome_of(refused=0, late=0)).broke == ""


def test_a_slow_hundredth_breaks_a_rate() -> None:
    loop, meter = Open(10, 1), Meter([])
    with meter:
        pass
    outcome = Outcome([6.0] * 10, Counter())
    assert told(meter, loop, outcome).broke == "p99 over 5 s"


async def test_a_closed_loop_counts_its_warm_up_too() -> None:
    done = 0

    async def act() -> None:
        nonlocal done
        done += 1

    loop = Closed(2, warm_up=0.01, seconds=0.01)
    spent = await loop.run(act, Meter([]))
    assert loop.acts == done > len(spent) > 0


def test_a_rate_that_broke_is_not_held_though_it_has_a_sample() -> None:
    broken = Sample("ours", "100", 60.0, p99=8.0, broke="p99 over 5 s")
    (found,) = ratios(part(), medians([broken, TRIP]))
    assert (found["ratio"], found["met"]) == (None, False)


def test_a_rate_is_held_if_it_was_in_each_turn() -> None:
    held = Sample("ours", "70", 70.0, p99=1.0)
    broken = Sample("ours", "70", 60.0, p99=9.0, broke="p99 over 5 s")
    further = Sample("ours", "100", 100.0, p99=1.0)
    found = medians([held, further, broken, held, further])
    assert found["ours", "70"].broke == "1 of 3 turns: p99 over 5 s"
    assert found["ours", "100"].broke == "1 of 3 turns: broke before it"
    assert medians([held, held])["ours", "70"].broke == ""


def test_what_no_turn_measured_has_no_median() -> None:
    found = medians([Sample("ours", "1", 1.0, cpu=2.0), Sample("ours", "1", 3.0)])
    one = found["ours", "1"]
    assert (one.rate, one.cpu, one.servers_cpu) == (2.0, 2.0, None)


def test_what_was_not_measured_is_a_dash_and_what_broke_is_said(
    tmp_path: Path,
) -> None:
    broken = Sample("ours", "100", 60.0, held="all", broke="p99 over 5 s")
    kept = entry(part(), [broken], 1.0, {"Kafka": "4.3.1"})
    write(tmp_path, kept)
    text = page({"p": part()}, tmp_path)
    assert "| ours | 100 | 60.0 | – | – | – | – | – | – | all; **not held**" in text
    assert "Kafka 4.3.1" in text


def test_what_was_kept_before_is_still_told(
    tmp_path: Path,
) -> None:
    kept = entry(part(), [TRIP], 1.0, {})
    old = {name: kept[name] for name in kept if name not in {"versions", "turns"}}
    for sample in old["medians"]:
        del sample["broke"]
    write(tmp_path, old)
    assert "| trip | 100 | 100 |" in page({"p": part()}, tmp_path)


def write(folder: Path, kept: object) -> None:
    (folder / "p.json").write_text(json.dumps(kept))


def test_a_place_comes_out_of_a_line_as_it_went_in() -> None:
    place = Place("admin", "kafka", (1, 2), (3,), {"state": "s"})
    assert Place.from_json(place.to_json()) == place


def test_a_meter_takes_the_processes_it_is_told() -> None:
    meter = Meter([os.getppid()], [os.getpid()])
    with meter:
        pass
    sample = meter.sample("ours", "1", 1)
    assert sample.memory is not None
    assert sample.memory > 1
    assert sample.servers_cpu is not None
    with (outside := Meter([])):
        pass
    assert outside.sample("ours", "1", 1).servers_cpu is None


def test_cpu_is_counted_finer_than_ticks() -> None:
    words = [sys.executable, "-S", "-c", "print(flush=True); input()"]
    with subprocess.Popen(  # noqa: S603 -- ourselves.
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        seconds = cpu_of_trees([child.pid])
        child.communicate(b"\n")
    assert 0 < seconds < 5
    assert seconds * TICKS % 1


def test_a_profile_begins_where_the_work_does_in_every_process() -> None:
    told = "main (c.py);run (uvloop/__init__.py:92);ours (a.py) 6\n"
    told += "spawn (s.py);run (asyncio/runners.py:190);read (b.py) 4\n"
    assert list(tree(told)) == [" 60.0% ours (a.py)", " 40.0% read (b.py)"]


def test_a_profile_leaves_the_meter_and_the_check_out() -> None:
    began = "run (uvloop/__init__.py:92);ours (a.py)"
    told = f"{began} 6\n{began};check (tests/bench/append.py) 9\n"
    told += f"{began};Meter.__enter__ (tests/bench/measure.py) 9\n"
    assert list(tree(told)) == ["100.0% ours (a.py)"]


def test_a_profiled_contender_is_one_of_its_part() -> None:
    for each in PARTS.values():
        assert not each.profiled or each.profiled in each.contenders


def test_a_jar_tells_its_version() -> None:
    assert jar_version("kafka-server-4.3.1.jar") == "4.3.1"
