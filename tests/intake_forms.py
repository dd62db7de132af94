"""Forms as an officer fills them in, with persons who cannot exist."""

from typing import Any

# Born in 1898 and 1899.
ID_1, ID_2 = "310117189801010012", "310117189912310026"
EMPLOYER = {"name": "演示甲餐饮有限公司（虚构）", "credit_code": "91310199MADEM0011W"}


def worker(**changed: Any) -> dict[str, Any]:
    return {
        "name": "演示工001",
        "id_number": {"number": ID_1},
        "phone": "13800000001",
        "claimed": {"minor": 120000000},
        "months_from": "2023-07",
        "months_to": "2023-10",
        "rural_migrant": "yes",
        **changed,
    }


def complaint(**changed: Any) -> dict[str, Any]:
    second = {"name": "𠮷田😀", "id_number": {"number": ID_2}, "claimed": None}
    return {
        "channel": "window",
        "employer": EMPLOYER,
        "workers": [worker(), second],
        "summary": "老板拖欠工资三个月",
        "reference": "演示S1",
        **changed,
    }
