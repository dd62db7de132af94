"""An empty workbook that a profile reads: its headers, typed columns, its version."""

import io
from itertools import count

import xlsxwriter

from libs.sheets.cell import column_index
from services.intake.profiles.meanings import SORTS, WORDS, Sort
from services.intake.profiles.profile import Profile

_FORMATS = {Sort.MONEY: "#,##0.00", Sort.DAY: "yyyy-mm-dd", Sort.COUNT: "0"}
_WIDTH = 18


def write_template(profile: Profile) -> bytes:
    """Write an empty xlsx whose columns are the profile's, each typed.

    Numbers and codes are text columns, so that leading zeros and long numbers stay.
    A column that the profile knows by its place stands there. The version stands in a
    hidden named cell, and in the file's title.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(profile.sheets[0].name or "台账")
    bold = book.add_format({"bold": True, "bg_color": "#EEEEEE"})
    book.set_properties({"title": f"{profile.title.zh} v{profile.version}"})
    for column, meaning, header in _placed(profile):
        typed = book.add_format({"num_format": _FORMATS.get(SORTS[meaning], "@")})
        sheet.set_column(column, column, _WIDTH, typed)
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 0)
    if profile.template is not None:
        hidden = book.add_worksheet("_qingxin")
        hidden.write_string(0, 0, profile.template.value)
        hidden.very_hidden()
        book.define_name(profile.template.cell, "=_qingxin!$A$1")
    book.close()
    return target.getvalue()


def _placed(profile: Profile) -> list[tuple[int, str, str]]:
    """Return each meaning with its column and header, from left to right."""
    fixed = {
        meaning: column_index(column.at)
        for meaning, column in profile.columns.items()
        if column.at is not None
    }
    taken = set(fixed.values())
    free = (index for index in count() if index not in taken)
    placed = [
        (
            fixed[meaning] if meaning in fixed else next(free),
            meaning,
            column.headers[0] if column.headers else WORDS[meaning][0],
        )
        for meaning, column in profile.columns.items()
    ]
    return sorted(placed)
