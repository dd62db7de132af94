"""What is to be mended in choices on the workbench before they make a profile."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from libs.codes import find_personal
from services.intake.profiles.choices import Choices
from services.intake.profiles.code_tables import is_usual
from services.intake.profiles.dayformat import check_format
from services.intake.profiles.looking import SheetSeen
from services.intake.profiles.meanings import SORTS, WORDS
from services.intake.profiles.profile import LIVE
from services.intake.profiles.shelf import profile_names


@dataclass(frozen=True)
class Mend:
    """One thing to mend in the choices: where, a code, what to do."""

    where: str
    code: str
    zh: str
    en: str


def mends(choices: Choices, seen: SheetSeen) -> list[Mend]:
    """Return everything to mend before a profile can be composed."""
    return [
        *_name(choices),
        *_columns(choices, seen),
        *_number(choices, seen),
        *_formats(choices),
        *_parts(choices),
        *_words(choices),
    ]


def _name(choices: Choices) -> Iterator[Mend]:
    if choices.name in profile_names():
        yield Mend(
            "/name",
            "profile-name-taken",
            f"“{choices.name}”是随系统发布的模板,不能覆盖;请另起一个名称。",
            f"“{choices.name}” comes with the release and stays as it is: choose"
            " another name.",
        )


def _columns(choices: Choices, seen: SheetSeen) -> Iterator[Mend]:
    if not choices.columns:
        yield Mend(
            "/columns",
            "no-columns",
            "还没有为任何一栏选含义;请至少选出编号栏。",
            "No column has a meaning yet: choose at least the one of the number.",
        )
    meanings = Counter(one.meaning for one in choices.columns)
    places = Counter(one.column for one in choices.columns)
    for place, one in enumerate(choices.columns):
        where = f"/columns/{place}"
        if one.meaning not in SORTS:
            yield Mend(where, "meaning-unknown", "没有这种含义。", "No such meaning.")
        elif meanings[one.meaning] > 1:
            zh, en = WORDS[one.meaning]
            yield Mend(
                where,
                "meaning-twice",
                f"{one.column} 栏:“{zh}”选了不止一栏;请只留一栏。",
                f"Column {one.column}: “{en}” is chosen twice; keep one of them.",
            )
        if seen.column(one.column) is None or places[one.column] > 1:
            yield Mend(
                where,
                "column-unknown",
                f"{one.column} 栏不在表中,或选了两次。",
                f"Column {one.column} is not in the sheet, or is chosen twice.",
            )


def _number(choices: Choices, seen: SheetSeen) -> Iterator[Mend]:
    meanings = {one.meaning for one in choices.columns}
    if choices.columns and "channel_number" not in meanings:
        yield Mend(
            "/columns",
            "number-missing",
            "没有一栏是编号:没有编号就认不出同一件事。请为编号栏选“编号”;"
            "表中没有编号的,用序号栏,并在“怎样算同一件”中加上工作表。",
            "No column is the number, and without it the same claim cannot be known"
            " again: choose one; the plain numbering will do, together with the sheet.",
        )
    seen_columns = [seen.column(one.column) for one in choices.columns]
    headed = [one for one in seen_columns if one is not None and not one.by_place]
    if choices.columns and not headed:
        yield Mend(
            "/columns",
            "no-header-words",
            "所选各栏的表头都是空的或重复的,认不出表头行;请在表格中补上栏名后再上传。",
            "Every chosen column's header is empty or repeated, so that the header"
            " cannot be found: name the columns in the sheet and send it again.",
        )
    if choices.registers == "live" and "received_on" not in meanings:
        yield Mend(
            "/columns",
            "received-missing",
            "逐行登记为线索的,须有收到日期一栏:渠道的期限自该日起算。",
            "Live rows need the day of receipt: the channel's clock runs from it.",
        )
    if choices.registers == "live" and choices.channel not in LIVE:
        yield Mend(
            "/channel",
            "channel-not-live",
            "只有 12345、线索平台和信访的清单可以逐行登记为线索;别的记作历史。",
            f"Live rows are of one of the channels {', '.join(LIVE)}; others are"
            " history.",
        )


def _formats(choices: Choices) -> Iterator[Mend]:
    for place, text in enumerate(choices.formats):
        try:
            check_format(text)
        except ValueError:
            yield Mend(
                f"/formats/{place}",
                "format-unknown",
                "日期写法须含 YYYY、MM 或 M、DD 或 D 各一次。",
                "A form of dates has YYYY, MM or M, DD or D, once each.",
            )
    if {"D/M/YYYY", "M/D/YYYY"} <= set(choices.formats):
        yield Mend(
            "/formats",
            "formats-ambiguous",
            "日在前与月在前只能选一种,否则 3/4/2024 有两个意思。",
            "Choose day first or month first: else 3/4/2024 has two meanings.",
        )
    if choices.first_on > choices.last_on:
        yield Mend(
            "/last_on",
            "window-empty",
            "最晚日期早于最早日期;请对调。",
            "The last day is before the first one.",
        )


def _parts(choices: Choices) -> Iterator[Mend]:
    meanings = {"sheet", *(one.meaning for one in choices.columns)}
    for part in choices.key:
        if part not in meanings:
            zh, en = WORDS[part]
            yield Mend(
                "/key",
                "key-missing",
                f"“怎样算同一件”用到“{zh}”,但没有一栏是它。",
                f"What makes the same claim names “{en}”, which no column is.",
            )


def _words(choices: Choices) -> Iterator[Mend]:
    meanings = {one.meaning for one in choices.columns}
    for place, one in enumerate(choices.words):
        where = f"/words/{place}"
        if not is_usual(one.meaning, one.code):
            yield Mend(where, "code-unknown", "没有这个代码。", "No such code.")
        elif one.meaning not in meanings:
            zh, en = WORDS[one.meaning]
            yield Mend(
                where,
                "word-without-column",
                f"给“{zh}”补了词语,但没有一栏是它。",
                f"A word is given for “{en}”, which no column is.",
            )
        if find_personal(one.words):
            yield Mend(
                where,
                "word-personal",
                "词语里有证件号或电话;模板里不能有个人信息。",
                "The word holds a document's or telephone number: a profile has no"
                " personal data.",
            )
