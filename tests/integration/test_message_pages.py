"""Messages on the console: the outbox, the case, Today, and as they were known."""

from collections.abc import Iterator

from libs.events.contracts.messages import MessageQueued
from libs.events.event import Recorded
from libs.ids import case_id
from libs.money import Money
from services.intake.clue import RegisterClue
from services.intake.notice import message_id
from services.intake.telling import RecordAttempt, TellMessage
from tests.console_scene import console_scene
from tests.stack import FreshDatabases
from tests.unit.matters import EMPLOYER, line
from tests.unit.offices import by
from tests.unit.three_services import World
from tests.unit.told_clues import clue_id, register, rule

CASE = case_id(clue_id("A"))
FIRST = message_id(CASE, "received", clue_id("A"))
OWED = Money(minor=100_000, currency="CNY")


def story(*, told: bool) -> Iterator[Recorded]:
    """One who chose to be told, whose number is refused; one who chose nothing.

    Both cases move to the inspection; `told`: then an officer called.
    """
    world = World(frozenset({"hear-event"}))
    worker = line(1, OWED)
    chosen = RegisterClue(
        clue_id=clue_id("A"),
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=worker.person_id,
        first_asked_unit="LC",
        area="310199001",
        employer=EMPLOYER,
        workers=(worker,),
        notify="sms",
    )
    assert world.do("intake", chosen, by("LC")) is None
    register(world, "B", "LC", 1000)
    world.settle(lambda _: 0)
    for name in ("A", "B"):
        assert rule(world, name, "LI") is None
    world.settle(lambda _: 0)
    refused = RecordAttempt(
        message_id=FIRST, attempt=1, outcome="refused", reason="number-refused"
    )
    assert world.do("intake", refused, by("LC")) is None
    if told:
        by_phone = TellMessage(message_id=FIRST, means="phone")
        assert world.do("intake", by_phone, by("LC")) is None
    seqs: dict[str, int] = {}
    for record in world.said:
        seqs[record.service] = seqs.get(record.service, 0) + 1
        yield Recorded(**{**vars(record), "seq": seqs[record.service]})


def test_of_two_complaints_only_who_chose_it_is_told() -> None:
    """F-2.2.1a: received and moved, each once; no reaction writes to the other."""
    facts = [record.fact() for record in story(told=False)]
    queued = [fact for fact in facts if isinstance(fact, MessageQueued)]
    assert [(one.case_id, one.purpose) for one in queued] == [
        (CASE, "received"),
        (CASE, "moved"),
    ]


async def test_a_refused_message_is_on_today_until_an_officer_told_it(
    fresh_database: FreshDatabases,
) -> None:
    """A5: for the unit first asked and for the one that holds the case."""
    async with console_scene(fresh_database, list(story(told=False))) as console:
        for who in ("lc-01", "li-01"):
            officer, _ = await console.signed_in(who)
            today = (await officer.get("/console")).text
            assert "有 1 条通知没有送达" in today, who
            failed = (await officer.get("/console/messages?state=failed")).text
            assert f"/console/messages/{FIRST}" in failed
            assert failed.count("/console/messages/") == 1
            assert "号码被拒" in failed
            shown = (await officer.get(f"/console/cases/{CASE}")).text
            assert f"/console/messages/{FIRST}" in shown
        other, _ = await console.signed_in("do-01")
        assert "通知没有送达" not in (await other.get("/console")).text
        assert str(FIRST) not in (await other.get("/console/messages")).text
        gone = await other.get(f"/console/messages/{FIRST}")
        assert gone.status_code == 404
        holder, _ = await console.signed_in("li-01")
        before = {"as_of": "2023-11-01T00:00:00Z"}
        past = await holder.get("/console/messages", params=before)
        assert str(FIRST) not in past.text
        assert past.status_code == 200


async def test_once_told_by_hand_nothing_is_left_to_tell(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, list(story(told=True))) as console:
        officer, _ = await console.signed_in("lc-01")
        assert "通知没有送达" not in (await officer.get("/console")).text
        page = (await officer.get(f"/console/messages/{FIRST}")).text
        assert "已送达" in page
        assert 'name="means"' not in page
        assert "{number}" in (await officer.get("/console/message-texts")).text
