"""Answers that are workbooks, and who may fetch them."""

from fastapi.responses import Response

from libs.web import permissions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEEING = frozenset({permissions.Power.DECIDE, permissions.Power.VIEW})


def workbook_answer(content: bytes, name: str) -> Response:
    """Return a workbook to be saved under a name."""
    disposition = f'attachment; filename="{name}"'
    return Response(
        content, media_type=XLSX, headers={"Content-Disposition": disposition}
    )
