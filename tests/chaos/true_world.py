"""A small true history, for the proof of the checker: nothing in it is a lie."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from libs.events.audit.verify import Verdict
from libs.events.contracts.enforcement import CaseFactNoted, ClaimOpened, WagesPaid
from libs.events.contracts.intake import ClueRegistered, HistoryImported
from libs.events.contracts.parts import Employer, Proof
from libs.events.contracts.routing import CaseOpened
from libs.events.event import Actor, Event, Precision, Recorded, Source
from libs.events.stream.envelope import Copy
from libs.events.stream.topics import Topics, partition_of
from libs.money import Money
from tests.chaos.facts import SERVED, Facts
from tests.chaos.figures import PAID, REGISTERED, RUNNING
from tests.chaos.history import Op
from tests.chaos.sheets import import_of

CASE, PAYMENT = UUID(int=20), UUID(int=30)
IMPORTED = {"纸-1": UUID(int=41), "纸-2": UUID(int=42)}
"""The cases of a sheet's rows, by their numbers."""
MINOR = 1_000_001
AT = datetime(2023, 11, 10, 8, tzinfo=UTC)
EMPLOYER = Employer(employer_id=UUID(int=22), name="虚构有限公司")
CLUE = ClueRegistered(
    clue_id=UUID(int=21),
    case_id=CASE,
    kind="complaint",
    channel="window",
    first_asked_unit="LI",
    employer=EMPLOYER,
    worker_count=1,
)
NOTED = CaseFactNoted(case_id=CASE, fact="opened", unit="LI", cause=UUID(int=6))
WAGES = WagesPaid(
    claim_id=UUID(int=23),
    case_id=CASE,
    payment_id=PAYMENT,
    person_id=UUID(int=24),
    amount=Money(minor=MINOR, currency="CNY"),
    payer="employer",
    proof=Proof(kind="bank-receipt"),
    recorder_id=UUID(int=25),
)
SERIAL = "310199001-20261128-XS-00000{}"
SHEET = Op(
    "import",
    "do-01",
    "intake",
    "/v1/imports",
    command_id=UUID(int=50),
    phase="ok",
    rows=tuple(IMPORTED),
)


@dataclass
class World:
    """What was recorded, and what clients were told.

    A case opened, noted by enforcement, and paid once; a sheet of two rows.
    """

    facts: Facts = field(default_factory=Facts)
    ops: list[Op] = field(default_factory=list)


def world() -> World:
    """Return it, to be spoilt."""
    number = import_of(SHEET)
    sheet = replace(SHEET, answer={"import_id": str(number)})
    made = World(ops=[sheet])
    journals = _journals()
    for service, rows in journals.items():
        keep(made, service, rows)
    facts = made.facts
    facts.outcomes = {
        name: [
            {"reaction": reaction.name, "event_id": heard.id}
            for rows in journals.values()
            for heard in rows
            for reaction in service.reactions
            if heard.service in service.hears and reaction.fires(heard)
        ]
        for name, service in SERVED.items()
    }
    cases = [CASE, *IMPORTED.values()]
    facts.cases = [{"case_id": case, "unit": "LI"} for case in cases]
    facts.paid = [{"payment_id": PAYMENT, "minor": MINOR}]
    facts.told = {REGISTERED: 1, RUNNING: 1, PAID: MINOR}
    return made


def _journals() -> dict[str, list[Recorded]]:
    read = [_row(number, case) for number, case in IMPORTED.items()]
    opened = [_opened(CLUE.case_id), *(_opened(case) for case in IMPORTED.values())]
    claims = [_claim(case) for case in IMPORTED.values()]
    door, sheet, reaction = Source.DOOR, Source.IMPORT, Source.REACTION
    said: dict[str, list[tuple[Event, Source]]] = {
        "intake": [(CLUE, door), *((one, sheet) for one in read)],
        "routing": [(one, reaction) for one in opened],
        "enforcement": [
            (NOTED, reaction),
            (WAGES, door),
            *((one, reaction) for one in claims),
        ],
        "reporting": [],
    }
    return {
        service: [recorded(n, service, *one) for n, one in enumerate(events, 1)]
        for service, events in said.items()
    }


def _row(number: str, case: UUID) -> HistoryImported:
    return HistoryImported(
        row_id=UUID(int=case.int + 100),
        clue_id=UUID(int=case.int + 200),
        case_id=case,
        claim_id=UUID(int=case.int + 300),
        import_id=import_of(SHEET) or UUID(int=0),
        profile="ledger",
        profile_version=1,
        sheet="台账",
        row=case.int,
        unit="LI",
        channel="paper",
        channel_number=number,
        employer=EMPLOYER,
        closed=True,
    )


def _opened(case: UUID) -> CaseOpened:
    return CaseOpened(
        case_id=case,
        clue_id=UUID(int=case.int + 200),
        first_asked_unit="LI",
        channel="window",
        employer_id=EMPLOYER.employer_id,
        history=case in IMPORTED.values(),
    )


def _claim(case: UUID) -> ClaimOpened:
    return ClaimOpened(
        claim_id=UUID(int=case.int + 300),
        case_id=case,
        clue_id=UUID(int=case.int + 200),
        ordinal=1,
        person_id=UUID(int=case.int + 400),
        employer=EMPLOYER,
        claimed=None,
        history=True,
    )


def recorded(seq: int, service: str, event: Event, source: Source) -> Recorded:
    """Return an event as it stands in a journal; each reaction has its own cause."""
    number = 1000 * len(service) + seq
    return Recorded(
        seq=seq,
        id=UUID(int=number),
        site="310199000000",
        stream="case-1",
        version=seq,
        type=event.name,
        schema_version=1,
        data="{}",
        occurred_at=AT,
        occurred_precision=Precision.INSTANT,
        recorded_at=AT,
        actor=Actor(UUID(int=3), "brigade", "310199001"),
        source=source,
        serial=SERIAL.format(seq) if service == "routing" else None,
        command_id=UUID(int=number),
        request_hmac=b"\x00" * 32,
        hash_alg="sha256",
        correlation_id=UUID(int=5),
        causation_id=UUID(int=number) if source is Source.REACTION else None,
        partition_key="case-1",
        traceparent=None,
        leaf=b"\x01" * 32,
        chain=b"\x02" * 32,
        service=service,
        event=event,
    )


def keep(made: World, service: str, rows: list[Recorded]) -> None:
    """Let a service have recorded and sent these rows, and its clients be answered."""
    topic, partition = Topics("").events(service), partition_of("case-1")
    facts = made.facts
    facts.journals[service] = rows
    facts.topics[service] = [
        Copy(each, n, topic, partition, n) for n, each in enumerate(rows)
    ]
    facts.commands[service] = [
        {"id": r.command_id, "first_seq": r.seq, "last_seq": r.seq} for r in rows
    ]
    facts.verdicts[service] = Verdict(service, topic, len(rows), len(rows), 0)
    facts.parked[service] = []
    facts.positions[service] = [
        {"consumer": "c", "topic": topic, "partition": partition, "idx": len(rows) - 1}
    ]
    for each in rows:
        if each.source is Source.DOOR:
            op = Op("act", "li-01", service, "/v1/x", command_id=each.command_id)
            op.phase, op.answer = "ok", {"position": {"sequence": each.seq}}
            made.ops.append(op)
