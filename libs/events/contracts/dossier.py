"""What routing says of a case's dossier 随案材料: what the worker handed in, and whose.

An item is named by id and digest alone: what it says stays in vault and object store.
"""

from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code, Sha256
from libs.events.event import Event, Fields


class DossierItem(Fields):
    """One thing that was handed in or asked.

    Of a `statement`, `id` is its clue and `sha256` the leaf of the row that registered
    it; of `evidence` the event that added it, and the digest of the bytes; of a
    `request` (what the worker was asked to correct) the event that asked, and its leaf.
    No digest: the clue was registered before such rows were noted.
    """

    kind: Literal["statement", "evidence", "request"]
    id: UUID
    sha256: Sha256 | None = None


class DossierItemNoted(Event, name="DossierItemNoted"):
    """Routing took in that something belongs to a case's dossier.

    `by_unit` took it from the worker. Stream `dossier-<case_id>`.
    """

    case_id: UUID
    item: DossierItem
    by_unit: Code
    cause: UUID


class DossierHandedOver(Event, name="DossierHandedOver"):
    """What the worker handed in went along with the case 随案移交 (F-2.2.3d).

    `ground`: the case moved (`transferred`, `ruled`), took another case in (`merged`),
    was split off one (`split`) or un-linked from it (`unlinked`); `from_case_id` is
    that case. `late`: the former owner took it in before it heard of the move. `hop`
    counts the case's transfers, none 0. Stream `dossier-<case_id>`.
    """

    case_id: UUID
    from_unit: Code
    to_unit: Code
    ground: Literal["transferred", "ruled", "merged", "split", "unlinked", "late"]
    hop: int
    items: tuple[DossierItem, ...]
    transfer_id: UUID | None = None
    from_case_id: UUID | None = None
