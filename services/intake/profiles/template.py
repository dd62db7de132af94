"""An empty workbook that a profile reads: its headers, typed columns, its version."""

import io

import xlsxwriter

from services.intake.profiles.meanings import SORTS, Sort
from services.intake.profiles.profile import Profile

_FORMATS = {Sort.MONEY: "#,##0.00", Sort.DAY: "yyyy-mm-dd", Sort.COUNT: "0"}
_WIDTH = 18


def write_template(profile: Profile) -> bytes:
    """Write an empty xlsx whose columns are the profile's, each typed.

    Numbers and codes are text columns, so that leading zeros and long numbers stay.
    The version stands in a hidden named cell.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(profile.sheets[0].name or "台账")
    bold = book.add_format({"bold": True, "bg_color": "#EEEEEE"})
    headed = [(name, c.headers[0]) for name, c in profile.columns.items() if c.headers]
    for column, (meaning, header) in enumerate(headed):
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
