"""The permission table says what the law and the notice give to whom."""

import pytest

from libs.web import permissions
from libs.web.callers import ANYBODY
from libs.web.permissions import Power
from libs.web.problems import Problem

STREET = ("centre", "inspection", "mediation", "development", "petition", "grid")
THIN_WHOLE = [
    "RegisterComplaint",
    "RegisterReport",
    "ScreenClue",
    "AdviseChannel",
    "SendReply",
    "FindReplyImpossible",
    "ReadPersonData",
    "ErasePersonData",
    "ImportHistory",
    "AdoptImported",
    "ProposeTransfer",
    "AcceptTransfer",
    "RefuseTransfer",
    "RuleOwnership",
    "ExtendDeadline",
    "PauseDeadline",
    "EndDeadlinePause",
    "ReopenCase",
    "AcceptComplaint",
    "RefuseComplaint",
    "VerifyFacts",
    "ProposeFiling",
    "FileCase",
    "DeclineFiling",
    "CompleteInvestigation",
    "OrderPayment",
    "ServeDocument",
    "WithdrawClaim",
    "RecordWagesPaid",
    "ReversePayment",
    "ConfirmReceipt",
    "DisputePayment",
    "ConcludeCase",
    "OpenCampaign",
    "CloseWeek",
    "CorrectFigure",
    "TakeZeroOutSnapshot",
    "FileZeroReport",
    "Explain",
    "AsOf",
    "Verify",
    "EventTrail",
    "RebuildView",
    "HandleParked",
    "AdvanceClock",
    "AdoptRule",
    "ReadFeed",
]


@pytest.mark.parametrize("command", THIN_WHOLE)
def test_every_command_has_a_row_and_somebody_who_may(command: str) -> None:
    row = permissions.table().rows[command]
    assert row.words.zh
    assert row.words.en
    assert permissions.who_may(command, frozenset(Power))


@pytest.mark.parametrize("role", STREET)
@pytest.mark.parametrize("command", ["FileCase", "OrderPayment", "RuleOwnership"])
def test_a_street_unit_never_files_orders_or_rules(role: str, command: str) -> None:
    assert Power.DECIDE not in permissions.may(role, command)


def test_only_the_leading_group_office_rules_on_ownership() -> None:
    assert permissions.who_may("RuleOwnership") == ("leading-group",)


def test_verification_is_reviewed_at_the_district_only() -> None:
    review = frozenset({Power.REVIEW})
    assert permissions.who_may("VerifyFacts", review) == ("brigade",)


def test_an_auditor_reads_and_never_acts_on_a_case() -> None:
    acting = frozenset({Power.DECIDE, Power.PROPOSE, Power.REVIEW})
    acts = {
        name
        for name in permissions.table().rows
        if permissions.may("auditor", name) & acting
    }
    assert acts == {"Explain", "AsOf", "EventTrail", "Verify"}


def test_nobody_signed_in_may_complain_and_report_only() -> None:
    names = permissions.table().rows
    allowed = {name for name in names if permissions.may("public", name)}
    assert allowed == {"RegisterComplaint", "RegisterReport"}


def test_a_role_nobody_knows_may_nothing() -> None:
    assert not any(permissions.may("ghost", name) for name in THIN_WHOLE)


def test_a_refusal_names_who_may_in_both_languages() -> None:
    with pytest.raises(Problem) as refused:
        permissions.require(ANYBODY, "RuleOwnership")
    assert refused.value.status_code == 403
    assert refused.value.more.members["may"] == ["leading-group"]
    assert "领导小组办公室" in refused.value.said.zh
    assert "leading-group office" in refused.value.said.en


def test_a_command_outside_the_table_is_an_error_not_a_yes() -> None:
    with pytest.raises(LookupError):
        permissions.may("brigade", "SellTheHouse")


@pytest.mark.parametrize(
    "row",
    [
        'words = ["a", "b"]\nD = "nobody"',
        'words = ["a", "b"]\nX = "centre"',
        'words = "a"\nD = "centre"',
        'words = ["a", "b"]\nD = ""',
    ],
)
def test_a_wrong_table_is_refused(row: str) -> None:
    text = f'[roles]\ncentre = ["中心", "centre"]\n[Act]\n{row}\n'
    with pytest.raises(ValueError, match=r"Act|Power"):
        permissions.parsed(text)
