"""An old xls workbook: its records scanned for danger, its cells then read."""

from libs.sheets.limits import Limits
from libs.sheets.refusal import wrong_type
from libs.sheets.worksheet import Survey
from libs.sheets.xlsx import XlsxSheet


def open_xls(content: bytes, limits: Limits) -> tuple[XlsxSheet, ...]:
    raise wrong_type("xls")
