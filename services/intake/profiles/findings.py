"""What can be wrong with a cell or a row: a code, how grave, and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """info: read, and worth a look; warning: not read or doubtful; error: no key."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding; the sentences say what was done and what to do."""

    severity: Severity
    zh: str
    en: str


_I, _W, _E = Severity.INFO, Severity.WARNING, Severity.ERROR

CATALOGUE: Mapping[str, FindingKind] = {
    "key-missing": FindingKind(
        _E,
        "缺少编号,本行无法登记;请补上编号。",
        "The row has no number and cannot be recorded; fill the number in.",
    ),
    "key-unusable": FindingKind(
        _E,
        "编号无法使用(过长、含控制字符或不是文字);请改正编号。",
        "The number cannot be used (too long, control characters, not text); mend it.",
    ),
    "key-repeated": FindingKind(
        _W,
        "与前面一行是同一件(主键相同)但内容不同;未计入,请核对。",
        "Same claim as an earlier row (same key) with other content; not counted,"
        " check which is right.",
    ),
    "row-repeated": FindingKind(
        _I,
        "与前面一行完全相同;只计一次。",
        "Exactly the same as an earlier row; counted once.",
    ),
    "already-imported": FindingKind(
        _I,
        "本行以前已导入,内容相同;不再重复登记。",
        "The row was imported before with the same content; nothing to do.",
    ),
    "imported-differs": FindingKind(
        _W,
        "本件以前已导入,但内容不同;未更改,请人工核对。",
        "The claim was imported before with other content; nothing was changed,"
        " check which is right.",
    ),
    "already-registered": FindingKind(
        _I,
        "该渠道的这个编号已经登记为线索;本行不再登记。",
        "The channel's number is registered as a clue; nothing to do.",
    ),
    "own-known": FindingKind(
        _I,
        "本行是本系统导出的,已在系统中;不再登记。表中的改动不会写入,请在案件页办理。",
        "The row came from this system and is known; nothing to do. What was changed in"
        " the sheet is not taken over: act on the case's page.",
    ),
    "own-unknown": FindingKind(
        _E,
        "系统中查不到本行的系统标识;不登记,请核对是否为本系统导出的台账。",
        "Nobody here knows the row's mark; not recorded, check whether the sheet came"
        " from this system.",
    ),
    "row-refused": FindingKind(
        _E,
        "这一格使本行不能登记;请改正后再导入。",
        "The cell keeps the row from being registered; mend it, import again.",
    ),
    "row-skipped": FindingKind(
        _I, "本行不是案件(合计或示例),已跳过。", "No claim (a total or an example)."
    ),
    "number-form": FindingKind(
        _W,
        "编号不是通常的格式;按原样登记,请核对。",
        "The number has an unusual form; recorded as it is, check it.",
    ),
    "digits-lost": FindingKind(
        _W,
        "长编号以数字存储,末尾几位可能已丢失;请改为文本格式。",
        "A long number stored as a numeral may have lost its last digits;"
        " store it as text.",
    ),
    "amount-is-text": FindingKind(
        _W,
        "金额是文字,未读取;请填写纯数字。",
        "The amount is text and was not read; enter plain digits.",
    ),
    "amount-is-date": FindingKind(
        _W,
        "金额栏里是日期,未读取;请填写金额。",
        "A date stands where an amount belongs; not read, enter the amount.",
    ),
    "amount-negative": FindingKind(
        _W,
        "金额为负数,未读取;请核对。",
        "The amount is negative and was not read; check it.",
    ),
    "amount-fraction": FindingKind(
        _W,
        "金额细于最小货币单位,未读取;请改正。",
        "The amount is finer than the smallest unit and was not read; mend it.",
    ),
    "amount-rounded": FindingKind(
        _I,
        "金额细于最小货币单位,已按约定四舍六入五成双。",
        "Finer than the smallest unit; rounded half to even as declared.",
    ),
    "amount-implausible": FindingKind(
        _W,
        "金额大得异常;已照读计入,请核对。",
        "The amount is unusually large; read and counted, check it.",
    ),
    "amount-absurd": FindingKind(
        _W,
        "金额超出上限,未读取;请核对位数。",
        "The amount is beyond every limit and was not read; check the digits.",
    ),
    "cell-not-value": FindingKind(
        _W,
        "单元格的类型不对(是/否值),未读取。",
        "The cell holds a yes/no value, which does not belong here; not read.",
    ),
    "cell-spaces": FindingKind(
        _I,
        "单元格只有空格,按空白处理。",
        "The cell holds nothing but spaces; taken as empty.",
    ),
    "cell-error": FindingKind(
        _W,
        "单元格是错误值(如 #REF!),未读取。",
        "The cell holds an error value such as #REF!; not read.",
    ),
    "cell-formula": FindingKind(
        _W,
        "单元格是公式,未读取;请粘贴为数值。",
        "The cell is a formula and was not read; paste it as a value.",
    ),
    "cell-merged": FindingKind(
        _W,
        "单元格被合并,本行没有自己的值;请取消合并后逐行填写。",
        "The cell lies under a merge and has no value of its own; unmerge and fill in.",
    ),
    "cell-outside": FindingKind(
        _I,
        "没有表头的栏里有内容,未读取。",
        "Something stands in a column without a header; not read.",
    ),
    "date-is-text": FindingKind(
        _W,
        "日期是文字且不是约定的格式,未读取;请填写日期。",
        "The date is text in none of the declared forms; not read, enter a date.",
    ),
    "date-is-number": FindingKind(
        _W,
        "日期栏里是数字,未读取;请填写日期。",
        "A number stands where a date belongs; not read, enter a date.",
    ),
    "date-impossible": FindingKind(
        _W,
        "没有这一天,未读取;请改正日期。",
        "There is no such day; not read, mend the date.",
    ),
    "date-out-of-window": FindingKind(
        _W,
        "日期不在可能的年份内,未读取;请改正日期。",
        "The date is outside the plausible years; not read, mend the date.",
    ),
    "date-order": FindingKind(
        _W,
        "日期早于前一步骤的日期;已照读,请核对。",
        "The date is before the date of an earlier step; read as it is, check it.",
    ),
    "date-by-month": FindingKind(
        _I,
        "单元格只显示到月;按月登记。",
        "The cell shows a month only; recorded to the month.",
    ),
    "count-unreadable": FindingKind(
        _W,
        "人数不是正整数,未读取;请改正。",
        "The number of workers is no whole number above zero; not read, mend it.",
    ),
    "code-unknown": FindingKind(
        _W,
        "取值不在代码表内,未读取;请改正或在模板说明中补充代码。",
        "The value is in no table of codes; not read, mend it or add the code"
        " to the profile.",
    ),
    "note-uncoded": FindingKind(
        _I,
        "备注没有对应的代码;原文仅保存在保密库。",
        "The remark has no code; its words stay in the vault only.",
    ),
    "employer-missing": FindingKind(
        _W,
        "没有用人单位名称;本行照常登记,请补充。",
        "The row names no employer; recorded all the same, fill it in.",
    ),
    "employer-withheld": FindingKind(
        _I,
        "名称可能是个人姓名,不对外传送,仅存保密库。",
        "The name may be a person's; it stays in the vault and does not travel.",
    ),
    "credit-code-form": FindingKind(
        _W,
        "统一社会信用代码的格式不对,未读取;请核对。",
        "The unified credit code has a wrong form; not read, check it.",
    ),
    "credit-code-check": FindingKind(
        _W,
        "统一社会信用代码的校验位不符;已照读(早期代码可能如此),请核对。",
        "The check character of the credit code does not fit; read as it is"
        " (early codes may be so), check it.",
    ),
}
"""Every finding by its code; codes never change."""
