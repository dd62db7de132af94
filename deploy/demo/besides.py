"""What stands beside a clue: a link, a signal, a patrol, a roster, a grade, a post."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from deploy.demo.people import employers
from deploy.demo.stops import AFTERNOON
from deploy.demo.thread import Act, Thread, happened
from libs import ids


def _on(thread: Thread, act: str, stream: str, body: dict[str, Any]) -> Act:
    return Act("intake", f"/v1/clues/{thread.clue_id}/{act}", stream, body)


def _new(path: str, body: dict[str, Any]) -> Act:
    return Act("intake", path, None, body, timed=False)


def link(
    thread: Thread, at: datetime, who: str, other: Thread, twice: tuple[int, ...] = ()
) -> None:
    """Confirm that a clue repeats another; `twice` are claims that count no more."""
    body = {"of_clue_id": str(other.clue_id)}
    [step] = thread.do(at, who, [_on(thread, "duplicate", "links", body)])
    for n, claim in thread.claims.items():
        # It goes along into the other case, and is marked there.
        thread.versions[f"claim-{n}"] += 1 + (n in twice)
        if n in twice:
            times = (happened(step), at)
            thread.fact("duplicate", times, claim.who, claim.claimed or 0)


def unlink(thread: Thread, at: datetime, who: str, reason: str) -> None:
    """Undo a wrong link: the case is open again under its own number."""
    body = {"reason": reason}
    thread.do(at, who, [_on(thread, "unlinking", "links", body)])
    for n in thread.claims:
        thread.versions[f"claim-{n}"] += 1


def petition(
    thread: Thread,
    at: datetime,
    who: str,
    speak: tuple[int, int],
    refused: str | None = None,
) -> None:
    """Enter how many came, and how many of them speak: five at most (XF 20)."""
    people, representatives = speak
    body = {
        "petition_form": "visit",
        "received_on": at.date().isoformat(),
        "people": people,
        "representatives": representatives,
    }
    act = replace(_on(thread, "petition", "clue", body), refused=refused)
    thread.do(at, who, [act])
    # A petition is answered in writing (XF 34).
    thread.form = "letter"


def notice(thread: Thread, at: datetime, who: str) -> None:
    """Tell in writing that the petition is accepted (XF 23)."""
    body = {"outcome": "accepted"}
    thread.do(at, who, [_on(thread, "petition-notices", "clue", body)])


def reception(thread: Thread, at: datetime, who: str, people: int, speak: int) -> None:
    """Receive a clue's people together, led by a leader (F-2.4.1a)."""
    batch = {
        "people": people,
        "representatives": speak,
        "clue_id": str(thread.clue_id),
    }
    held = {"held_on": at.date().isoformat(), "led": True, "batches": [batch]}
    thread.do(at, who, [_new("/v1/receptions", held)])


def signal(thread: Thread, at: datetime, who: str, number: str) -> None:
    """Take in a warning of the district's system, and say which clue it became."""
    said = {
        "source": "district",
        "source_number": number,
        "signal": "wages_unpaid",
        "received_on": at.date().isoformat(),
    }
    thread.do(at, who, [_new("/v1/signals", said)])
    signal_id = ids.named("signal", "district", number)
    link = _new(f"/v1/signals/{signal_id}/clue", {"clue_id": str(thread.clue_id)})
    thread.do(at, who, [link])


def patrol(thread: Thread, who: tuple[str, str], days: Sequence[datetime]) -> None:
    """Plan patrols the day before; the first finds what the clue says (F-2.1.2b).

    Nobody goes on the later days: those are missed.
    """
    planner, officer = who
    first = days[0]
    plan = {
        "area": "R3",
        "unit": "LI",
        "days": [day.date().isoformat() for day in days],
    }
    eve = first - timedelta(days=1)
    [step] = thread.do(eve, planner, [_new("/v1/patrols", plan)])
    command = uuid5(ids.actor_id(thread.book.issuer, planner), step.key)
    patrol_id = ids.named("patrol", uuid5(command, "plan"), first.date())
    found = Act(
        "intake",
        f"/v1/patrols/{patrol_id}/completion",
        None,
        {"finding": "wages_unpaid"},
    )
    thread.do(first, officer, [found])
    link = {"clue_id": str(thread.clue_id)}
    later = datetime.combine(first.date(), AFTERNOON, first.tzinfo)
    thread.do(later, officer, [_new(f"/v1/patrols/{patrol_id}/clue", link)])


def called_back(
    thread: Thread, at: datetime, who: str, disclaim: Sequence[int]
) -> None:
    """Call each worker of a roster: it is his claim, or he was never there (§5.4)."""
    acts = []
    for n, claim in thread.claims.items():
        said: dict[str, Any] = {"method": "call"}
        act = "roster-confirmation"
        if n in disclaim:
            act, said = "roster-disclaimer", {**said, "reason": "not_true"}
        path = f"/v1/cases/{thread.case_id}/claims/{claim.claim_id}/{act}"
        acts.append(Act("enforcement", path, f"claim-{n}", said))
    thread.do(at, who, acts)


def grade(thread: Thread, at: datetime, who: str, employer: str) -> None:
    """Grade an employer by the rules, before anything else of the stop (F-2.1.1b)."""
    named = employers()[employer]
    this = ids.employer_id(thread.book.site, named.credit_code, named.name)
    path = f"/v1/risks/{this}/assessment"
    thread.do(at, who, [Act("routing", path, None, {}, timed=False, early=True)])


def opinion(thread: Thread, at: datetime, who: str, number: str, url: str) -> None:
    """Register a post that spreads, and the clue it led to (F-3.3a, F-3.3b)."""
    said = {
        "item_number": number,
        "url": url,
        "first_seen_at": thread.occurs(at).isoformat(),
        "grade": "major",
    }
    thread.do(at, who, [_new("/v1/opinions", said)])
    opinion_id = ids.named("opinion", number)
    body = {"clue_id": str(thread.clue_id)}
    thread.do(at, who, [_new(f"/v1/opinions/{opinion_id}/clue", body)])


def _led(thread: Thread, act: str, body: dict[str, Any], adds: int = 0) -> Act:
    path = f"/v1/cases/{thread.case_id}/{act}"
    return Act("routing", path, "case", body, adds, timed=False)


def take_the_lead(thread: Thread, at: datetime, who: str, due: datetime) -> None:
    """Give a case a leader and a task force, and list it until a day (F-2.4.1b)."""
    leader = str(ids.actor_id(thread.book.issuer, "hd-01"))
    thread.do(at, who, [_led(thread, "leader", {"leader_id": leader})])
    force = _led(thread, "task-force", {"units": ["DO", "LI", "PO"]}, adds=1)
    thread.do(at, who, [force])
    thread.do(at, who, [_led(thread, "listing", {"due_on": due.date().isoformat()})])


def strike_off(thread: Thread, at: datetime, who: tuple[str, str], result: str) -> None:
    """Propose by one that a case be struck off the list; another does it."""
    proposer, office = who
    said = {"result": result}
    thread.do(at, proposer, [_led(thread, "delisting-proposal", said)])
    thread.do(at, office, [_led(thread, "delisting", {})])


def classify(
    thread: Thread, at: datetime, who: str, track: str, reason: str | None = None
) -> None:
    """Put a verified case on a track, or with a reason on another one (F-2.3.0)."""
    body = {"track": track} if reason is None else {"track": track, "reason": reason}
    path = f"/v1/cases/{thread.case_id}/track"
    thread.do(at, who, [Act("enforcement", path, "track", body)])
