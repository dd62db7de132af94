"""Linked clues on the console: one case, both numbers, each channel's own answer."""

from collections.abc import Iterator

from libs.events.contracts.intake import ComplaintReceived
from libs.events.event import Recorded
from tests.console_scene import console_scene
from tests.stack import FreshDatabases
from tests.unit.test_merging import A, B, C, settle, told
from tests.unit.told_clues import clue_id, link


def story() -> Iterator[Recorded]:
    """S5: B repeats A, C stands by itself."""
    world = told(0)
    link(world, "B", "A", "LC", (1, 1), (2, 2))
    settle(world)
    seqs: dict[str, int] = {}
    for record in world.said:
        seqs[record.service] = seqs.get(record.service, 0) + 1
        yield Recorded(**{**vars(record), "seq": seqs[record.service]})


async def test_both_numbers_lead_to_one_case_that_shows_both(
    fresh_database: FreshDatabases,
) -> None:
    """F-2.2.3c: duplicates stand beside, the sums count once, each answer is owed."""
    said = list(story())
    assert any(isinstance(one.event, ComplaintReceived) for one in said)
    async with console_scene(fresh_database, said) as console:
        browser, _ = await console.signed_in("li-01")
        moved = await browser.get(f"/console/cases/{B}?seen=")
        assert (moved.status_code, moved.headers["location"]) == (
            303,
            f"/console/cases/{A}?seen=",
        )
        shown = (await browser.get(f"/console/cases/{A}")).text
        assert f"/console/cases/{B}/acts/UnlinkDuplicate" in shown
        assert f"/console/cases/{B}/acts/SendReply" in shown
        assert shown.count("重复，不计入") == 2
        form = await browser.get(f"/console/cases/{B}/acts/UnlinkDuplicate")
        assert form.status_code == 200
        body = (await console.api("li-01").get(f"/v1/cases/{A}")).json()
        assert [one["claimed"] for one in body["sums"]] == [1_360_000]
        assert [one["case_id"] for one in body["linked"]] == [str(B)]
        window, _ = await console.signed_in("lc-01")
        path = f"/console/duplicates/{clue_id('C')}/{clue_id('A')}"
        beside = await window.get(path)
        # Intake's door is down here: the page compares all the same, and offers no act.
        assert beside.status_code == 200
        assert str(C) in beside.text
        assert (await window.get("/console/duplicates")).status_code == 200
        ledger = (await console.api("lc-01").get("/v1/ledger")).json()
        assert {one["currency"]: one["claimed"] for one in ledger["totals"]} == {
            "CNY": 1_360_000 + 510_000,
            None: None,
        }
