"""Claim guards: why a step on a worker's claim or payment is off."""

from services.reporting.reading.guards import About, Guard, handled


def _standing(about: About) -> str | None:
    this = about.claim
    return "withdrawn" if this is not None and this.withdrawn else _to_pay(about)


def _to_withdraw(about: About) -> str | None:
    this, grouped = about.claim, about.page.grouped
    flag = grouped.flag
    if this is None or flag is None or not flag.speakers:
        return _standing(about)
    free = grouped.speaks(this.person_id)
    consented = "withdrawal" in grouped.consented(this.claim_id)
    return _standing(about) if free or consented else "consent-needed"


def _to_pay(about: About) -> str | None:
    this = about.claim
    twice = this is not None and this.duplicate_of is not None
    return "claim-duplicate" if twice else handled(about)


def _to_reverse(about: About) -> str | None:
    return _unreversed(about) or (None if about.handles else "not-holder")


def _to_confirm(about: About) -> str | None:
    paid = about.payment
    if paid is not None and paid.recorder_id == about.reader.actor.id:
        return "recorder"
    if paid is not None and paid.state == "confirmed":
        return "confirmed"
    return _unreversed(about)


def _to_dispute(about: About) -> str | None:
    paid = about.payment
    if paid is not None and paid.state == "disputed":
        return "disputed"
    return _unreversed(about)


def _unreversed(about: About) -> str | None:
    paid = about.payment
    return "reversed" if paid is not None and paid.state == "reversed" else None


ON_CLAIM: dict[str, Guard] = {
    "VerifyFacts": _standing,
    "RecordWagesPaid": _to_pay,
    "WithdrawClaim": _to_withdraw,
}
ON_PAYMENT: dict[str, Guard] = {
    "ConfirmReceipt": _to_confirm,
    "DisputePayment": _to_dispute,
    "ReversePayment": _to_reverse,
}
