"""One complaint carried to wages confirmed is one picture over four services."""

from collections.abc import Iterable

from services.reporting.traces import query
from tests.end_to_end.complaint import carry, complain
from tests.end_to_end.whole import Whole
from tests.eventually import eventually

Edge = tuple[str, str, str, str]
CASE, CLAIM = "/v1/cases/{case_id}", "/v1/cases/{case_id}/claims/{claim_id}"
PAYMENT = f"{CLAIM}/payments/{{payment_id}}"
# What people asked: service, route, command.
ASKED = (
    ("intake", "/v1/complaints", "RegisterClue"),
    ("intake", "/v1/clues/{clue_id}/screening", "ScreenClue"),
    ("enforcement", f"{CASE}/acceptance", "AcceptComplaint"),
    ("enforcement", f"{CLAIM}/verification", "VerifyFacts"),
    ("enforcement", f"{CASE}/filing-proposal", "ProposeFiling"),
    ("enforcement", f"{CASE}/filing", "FileCase"),
    ("enforcement", f"{CASE}/orders", "OrderPayment"),
    ("enforcement", f"{CASE}/orders/{{order_id}}/service", "ServeDocument"),
    ("enforcement", f"{CLAIM}/payments", "RecordWagesPaid"),
    ("enforcement", f"{PAYMENT}/confirmation", "ConfirmReceipt"),
    ("enforcement", f"{CASE}/conclusion", "ConcludeCase"),
    ("intake", "/v1/clues/{clue_id}/reply", "SendReply"),
)
# What services did by themselves: whose event, whose reaction, its command.
REACTED = (
    ("intake", "RegisterClue", "routing", "OpenCase"),
    ("intake", "RegisterClue", "routing", "HearEvent"),
    ("intake", "RegisterClue", "enforcement", "OpenClaim"),
    ("routing", "OpenCase", "enforcement", "NoteFact"),
    ("routing", "OpenCase", "intake", "NoteFact"),
    ("enforcement", "OpenClaim", "routing", "NoteFact"),
    ("enforcement", "VerifyFacts", "intake", "MarkVerified"),
    ("enforcement", "FileCase", "routing", "HearEvent"),
    ("enforcement", "ServeDocument", "routing", "HearEvent"),
    ("enforcement", "RecordWagesPaid", "enforcement", "CheckOrders"),
    ("enforcement", "CheckOrders", "routing", "HearEvent"),
    ("enforcement", "ConcludeCase", "routing", "NoteFact"),
    ("intake", "SendReply", "routing", "NoteFact"),
)
VIEWS = (
    ("intake", "clue"),
    ("intake", "trail"),
    ("routing", "case_file"),
    ("routing", "deadline"),
    ("enforcement", "claim"),
    ("enforcement", "proceeding"),
    ("enforcement", "money_fact"),
    ("enforcement", "case_fact"),
)


def the_way(prefix: str) -> set[Edge]:
    """Return every edge: door, decide, append, relay, subscription, reaction, view."""

    def topic(service: str) -> str:
        return f"{prefix}qingxin.{service}.v1"

    edges: set[Edge] = set()
    deciding = {(service, command) for service, _, command in ASKED}
    for service, route, command in ASKED:
        edges.add((service, f"POST {route}", service, f"decide {command}"))
    for cause, event, service, command in REACTED:
        heard = (service, f"process {topic(cause)}")
        decided = (service, f"decide {command}")
        deciding.add((service, command))
        edges |= {
            (cause, f"decide {event}", *heard),
            (*heard, *decided),
            (cause, f"decide {event}", *decided),
            (*heard, service, f"append {service}"),
        }
    for service, command in deciding:
        decided = (service, f"decide {command}")
        edges |= {
            (*decided, service, f"append {service}"),
            (*decided, service, f"send {topic(service)}"),
            (*decided, "reporting", f"process {topic(service)}"),
        }
    return edges | shown(topic(service) for service, _ in VIEWS)


def shown(topics: Iterable[str]) -> set[Edge]:
    """Return the edges from reporting's pages to its views."""
    return {
        ("reporting", f"process {topic}", "reporting", f"view {view}")
        for topic, (_, view) in zip(topics, VIEWS, strict=True)
    }


async def test_the_whole_way_is_one_picture_kafka_hops_included(whole: Whole) -> None:
    carried = await carry(whole, await complain(whole))
    wanted = the_way(whole.settings.prefix)
    assert len(wanted) > 100
    async with whole.database("reporting") as pool:

        async def complete() -> bool:
            found = await query.edges(pool, carried.clue_id)
            lacking = sorted(wanted - found)
            assert not lacking, lacking
            return True

        await eventually(complete, 40)
        others = await complain(whole)
        found = await query.edges(pool, others.clue_id)
    assert not any("WagesPaid" in operation for _, *rest in found for operation in rest)
