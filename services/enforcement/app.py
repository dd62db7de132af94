"""Enforcement put together: its rules, reactions and doors."""

from libs import rulebook_view
from libs.service.parts import Service
from libs.web.attachments import UPLOAD_BYTES
from services.enforcement import (
    classifying,
    conclusion,
    dossier,
    evidence,
    evidence_door,
    grouping,
    merging,
    notice_boards,
    noting,
    order,
    payment,
    proceeding,
    representing,
    roster,
    scope,
    splitting,
    verification,
)
from services.enforcement.api import ROUTERS
from services.enforcement.reactions import REACTIONS

SERVICE = Service(
    name="enforcement",
    title="Qingxin 清薪: enforcement",
    rules=(
        *classifying.RULES,
        *conclusion.RULES,
        *dossier.RULES,
        *evidence.RULES,
        *grouping.RULES,
        *merging.RULES,
        *notice_boards.RULES,
        *noting.RULES,
        *order.RULES,
        *payment.RULES,
        *proceeding.RULES,
        *representing.RULES,
        *roster.RULES,
        *splitting.RULES,
        *verification.RULES,
    ),
    reactions=(*REACTIONS, *dossier.REACTIONS),
    parties=scope.parties,
    hears=frozenset({"intake", "routing", "enforcement"}),
    views=(rulebook_view.VIEW,),
    routers=ROUTERS,
    more_routers=evidence_door.routers,
    uploads={"/v1/evidence": UPLOAD_BYTES},
)
