"""The words of the trace pages, Chinese and English."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]

SERVICES: Mapping[str, str] = {
    "intake": "受理",
    "routing": "分派",
    "enforcement": "执法",
    "reporting": "统计",
}

WORDS: Mapping[str, tuple[str, str]] = {
    "title": (
        "{spans} 步，{lanes} 个服务，最长一环：{last}",
        "{spans} steps in {lanes} services; the longest chain ends in: {last}",
    ),
    "incomplete": (
        "不完整：有 {n} 步未收到",
        "Incomplete: {n} steps were not received",
    ),
    "cut": (
        "步骤过多，仅列出前 {n} 步",
        "Too many steps: only the first {n} are shown",
    ),
    "not-drawn": (
        "图中只画前 {n} 步，其余见下表",
        "Only the first {n} steps are drawn; the table has all",
    ),
    "service": ("服务", "Service"),
    "operation": ("步骤", "Step"),
    "started": ("开始时间（UTC）", "Started (UTC)"),
    "took": ("用时", "Took"),
    "cause": ("由何引起", "Caused by"),
    "outcome": ("结果", "Outcome"),
    "failed": ("出错", "failed"),
    "rejected": ("未准：{code}", "refused: {code}"),
    "done": ("完成", "done"),
    "critical": ("最长一环", "longest chain"),
    "parent": ("属于", "part of"),
    "link": ("因消息", "by message"),
    "caption": ("各步骤及其起因", "The steps and what caused them"),
    "rest": ("停 {time}", "{time} idle"),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a phrase of the trace pages in one language."""
    chinese, english = WORDS[key]
    return (chinese if language == "zh" else english).format(**values)


def service_name(service: str, language: Language) -> str:
    """Return a service's name as a lane shows it."""
    known = SERVICES.get(service)
    return f"{known} {service}" if known and language == "zh" else service


def lasted(nanoseconds: int) -> str:
    """Return a duration for people: µs, ms, s, min, h or d."""
    for unit, size in _UNITS:
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds} ns"


_UNITS = (
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("µs", 1_000),
)
