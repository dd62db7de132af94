"""The indicators, each a row: what it counts, of which list, in which unit of measure.

Definitions: domain §4.2. A figure is of a period (new in it) and up to its end.
"""

from libs.web.languages import Said
from services.reporting.figures import lists, tracks
from services.reporting.figures.indicator import Indicator

INDICATORS = (
    Indicator(
        "S06",
        Said("接收线索", "clues received"),
        Said("每条渠道来件各计一件", "every channel item counts once"),
        lists.REGISTERED,
        "items",
    ),
    Indicator(
        "S07",
        Said("去重后线索", "distinct facts"),
        Said(
            "同一事实只计一件（经确认关联的重复线索合为一件）",
            "one fact counts once: clues that an officer linked count as one",
        ),
        lists.DISTINCT,
        "items",
    ),
    Indicator(
        "S08",
        Said("核查数", "verified"),
        Said("线索的全部请求都已核实", "all claims of the clue were verified"),
        lists.VERIFIED,
        "items",
    ),
    Indicator(
        "S09",
        Said("查实欠薪", "arrears confirmed"),
        Said("核实结果为欠薪", "verified, and arrears were found"),
        lists.ARREARS,
        "items",
    ),
    Indicator(
        "S10",
        Said("化解数", "resolved"),
        Said(
            "期末查实欠薪且未付为零（冲销后不再计）",
            "arrears confirmed, and nothing of them unpaid at the cut-off",
        ),
        lists.RESOLVED,
        "items",
        flow=False,
    ),
    Indicator(
        "S11",
        Said("办结（已答复）", "answered"),
        Said(
            "已答复、无法答复或已告知渠道",
            "answered, unanswerable or advised of the right channel",
        ),
        lists.ANSWERED,
        "items",
    ),
    Indicator(
        "S12",
        Said("转办次数", "transfers"),
        Said("对方签收一次计一次", "each receipt by another unit"),
        lists.TRANSFERRED,
        "items",
    ),
    Indicator(
        "S12-minutes",
        Said("转办用时（分钟）", "time of transfers (minutes)"),
        Said(
            "从提出到签收，合计；期间原单位仍负责，无主时长恒为零",
            "from proposal to receipt, in all; the sender owns until then, so the time"
            " without an owner is zero",
        ),
        lists.TRANSFER_MINUTES,
        "minutes",
    ),
    Indicator(
        "S12-repeats",
        Said("重复提交", "repeat submissions"),
        Said(
            "材料随案移交之后，同一劳动者就同一事实又登记，或同一份证据又被提交；应为零",
            "after the file went with the case, the same worker registered the same"
            " fact once more, or the same evidence came in again; to be zero",
        ),
        lists.REPEATED,
        "items",
    ),
    Indicator(
        "S13",
        Said("立案", "filed"),
        Said("区级立案的案件", "cases the district filed"),
        lists.FILED,
        "items",
    ),
    Indicator(
        "S14",
        Said("结案", "concluded"),
        Said("已结论的案件", "cases concluded"),
        lists.CONCLUDED,
        "items",
    ),
    Indicator(
        "S15",
        Said("责令支付（件）", "payment orders"),
        Said("责令限期支付的指令书", "orders to pay by a date"),
        lists.ORDERED,
        "items",
    ),
    Indicator(
        "S15-workers",
        Said("责令支付（人）", "workers ordered"),
        Said("指令书中的劳动者请求", "workers' claims in orders"),
        lists.ORDERED_WORKERS,
        "items",
    ),
    Indicator(
        "S15-amount",
        Said("责令支付（元）", "amount ordered"),
        Said("指令书金额合计", "sum of the orders"),
        lists.ORDERED,
        "fen",
    ),
    Indicator(
        "S18-workers",
        Said("追发工资（人）", "workers paid"),
        Said("一人多笔计一人", "instalments of one worker count once"),
        lists.PAID_WORKERS,
        "people",
    ),
    Indicator(
        "S18-amount",
        Said("追发工资（元）", "wages paid"),
        Said("已付减冲销", "payments less reversals"),
        lists.PAID_WORKERS,
        "fen",
    ),
    Indicator(
        "S19-amount",
        Said("到账确认（元）", "receipt confirmed"),
        Said("本人或他人回访确认到账", "confirmed by the worker or by call-back"),
        lists.CONFIRMED,
        "fen",
    ),
    Indicator(
        "S40-overdue",
        Said("超期", "overdue"),
        Said(
            "时限已过而未停（不含用人单位的责令支付期限）",
            "past due and not stopped (not the employer's own date of an order)",
        ),
        lists.OVERDUE,
        "items",
        flow=False,
    ),
    Indicator(
        "S40-due-soon",
        Said("临期", "due soon"),
        Said(
            "期末未停、未到期，剩余工作日不超过一个（十个工作日以上的期限为三个）",
            "running and not due, with one counted day left at most (three of a term of"
            " more than ten)",
        ),
        lists.DUE_SOON,
        "items",
        flow=False,
    ),
    Indicator(
        "S40-open",
        Said("在办", "open cases"),
        Said("期末未办结的案件", "cases open at the cut-off"),
        lists.OPEN_CASES,
        "items",
        flow=False,
    ),
    Indicator(
        "S41a",
        Said("欠薪案件未清零", "open cases unpaid"),
        Said(
            "期末未办结且核实未付大于零的案件",
            "cases open at the cut-off with verified wages unpaid",
        ),
        lists.OPEN_UNPAID,
        "items",
        flow=False,
    ),
    Indicator(
        "S41a-amount",
        Said("未付金额（元）", "unpaid"),
        Said("上述案件的未付合计", "sum unpaid of those cases"),
        lists.OPEN_UNPAID,
        "fen",
        flow=False,
    ),
    Indicator(
        "S41a-workers",
        Said("未付人数", "workers unpaid"),
        Said("上述案件中工资未付清的劳动者", "workers of those cases still owed"),
        lists.OPEN_UNPAID_WORKERS,
        "items",
        flow=False,
    ),
    Indicator(
        "S41b",
        Said("欠薪线索未清零", "open clues"),
        Said(
            "期末尚未答复的线索（重新打开的须再次答复）",
            "clues not answered at the cut-off; one opened again owes a new answer",
        ),
        lists.OPEN_CLUES,
        "items",
        flow=False,
    ),
    Indicator(
        "S42",
        Said("零报告", "zero reports"),
        Said(
            "单位自己报告本周无新情况；未报不等于零",
            "units that said themselves that the week brought nothing new",
        ),
        lists.ZERO_REPORTS,
        "items",
    ),
    *tracks.INDICATORS,
)
BY_ID = {indicator.id: indicator for indicator in INDICATORS}
