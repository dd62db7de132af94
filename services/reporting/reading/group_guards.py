"""Group guards: why a step on a group case is off, as enforcement would say."""

from collections.abc import Mapping

from services.reporting.reading.guards import DISTRICT, About, Guard, handled


def _to_lift(about: About) -> str | None:
    return None if about.page.grouped.group_case else "not-a-group"


def _to_split(about: About) -> str | None:
    page, now = about.page, about.page.proceeding
    standing = [one for one in page.claims if one.counted]
    if len(standing) < 2:  # noqa: PLR2004 -- one goes, one stays
        return "one-worker"
    if all(one.ordered is not None for one in standing):
        return "all-ordered"
    if now.filed_at and about.reader.actor.role not in DISTRICT:
        return "filed"
    if now.concluded_at and not (page.case and page.case.reopenings):
        return "concluded"
    return handled(about)


def _to_say(word: str) -> Guard:
    def guard(about: About) -> str | None:
        this = about.claim
        named = about.page.grouped.named(this.claim_id) if this else None
        if named is None:
            return "not-of-a-roster"
        if named.recorder_id == about.reader.actor.id:
            return "roster-recorder"
        return "said" if named.word == word else None

    return guard


def _to_name(about: About) -> str | None:
    return handled(about) if about.page.grouped.group_case else "not-a-group"


def _to_consent(about: About) -> str | None:
    this = about.claim
    flag = about.page.grouped.flag
    if this is None or flag is None or not flag.speakers:
        return "no-representatives"
    if len(about.page.grouped.consented(this.claim_id)) == len(MATTERS):
        return "said"
    return handled(about)


MATTERS = ("withdrawal", "settlement")
ON_ROSTER: Mapping[str, Guard] = {
    "ConfirmClaim": _to_say("confirmed"),
    "DisclaimClaim": _to_say("disclaimed"),
}
ON_REPRESENTED: Mapping[str, Guard] = {"RecordConsent": _to_consent}
ON_GROUP: Mapping[str, Guard] = {
    "SplitClaims": _to_split,
    "NameRepresentatives": _to_name,
    "LiftGroupFlag": _to_lift,
}
