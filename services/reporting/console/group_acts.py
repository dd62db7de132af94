"""Group acts: the forms of what is done with a group case and its workers."""

from collections.abc import Mapping

from services.reporting.console.acts import (
    CASE,
    CLAIM,
    PROOFS,
    WHEN,
    ActForm,
    Field,
    choice,
)

CALLED_BACK = choice("method", "call", "visit", "signature")
GROUP_ACTS: Mapping[str, ActForm] = {
    "SplitClaims": ActForm(
        "enforcement",
        f"{CASE}/parts",
        "proceeding",
        (
            choice("ground", "other_forum", "other_employer", "part_settled"),
            Field("claim_ids", "claims"),
            WHEN,
        ),
    ),
    "ConfirmClaim": ActForm(
        "enforcement", f"{CLAIM}/roster-confirmation", "claim", (CALLED_BACK, WHEN)
    ),
    "DisclaimClaim": ActForm(
        "enforcement",
        f"{CLAIM}/roster-disclaimer",
        "claim",
        (choice("reason", "not_me", "not_true"), CALLED_BACK, WHEN),
    ),
    "NameRepresentatives": ActForm(
        "enforcement",
        f"{CASE}/representatives",
        "group",
        (
            choice("purpose", "petition", "mediation", "arbitration"),
            Field("person_ids", "workers"),
        ),
    ),
    "RecordConsent": ActForm(
        "enforcement",
        f"{CLAIM}/consents",
        "claim",
        (
            choice("matter", "withdrawal", "settlement"),
            Field("proof", "proof", codes=PROOFS),
            WHEN,
        ),
    ),
    "LiftGroupFlag": ActForm(
        "enforcement",
        f"{CASE}/group-flag/lifting",
        "group",
        (choice("reason", "too-few-workers", "not-one-dispute", "entry-error"),),
    ),
}
