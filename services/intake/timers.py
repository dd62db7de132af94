"""Timers: a patrol whose day is over without a word is missed."""

from hashlib import sha256

from libs import ids
from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.event import Source
from libs.events.reactions import system_actor
from libs.service.parts import Running
from services.intake.patrols import MissPatrol

PAGE = 200
OVER = """
SELECT patrol_id, due_on FROM waiting_patrol WHERE waits AND due_on < $1
ORDER BY due_on, patrol_id LIMIT $2"""


async def miss_patrols(running: Running) -> int:
    """Miss the patrols whose day is over; return how many.

    Whether one was made, its own stream says: nobody else could have made it.
    """
    at = await running.now()
    missed = 0
    for row in await running.pool.fetch(OVER, day_of(at), PAGE):
        command = MissPatrol(patrol_id=row["patrol_id"], due_on=row["due_on"])
        this = ids.named("missed-patrol", command.patrol_id)
        stamp = Stamp(
            command_id=this,
            request_hmac=sha256(this.bytes).digest(),
            actor=system_actor("intake"),
            at=at,
            source=Source.TIMER,
        )
        done = await running.desk.do(command, stamp)
        missed += len(done.events)
    return missed
