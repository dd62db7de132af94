"""Every problem the door itself can answer with: code, status, what to do."""

from dataclasses import dataclass

from libs.web.languages import Said


@dataclass(frozen=True)
class ProblemKind:
    """One kind of problem: its status, its title, and what to do about it."""

    status: int
    title: Said
    todo: Said


def _kind(status: int, titles: tuple[str, str], todo: tuple[str, str]) -> ProblemKind:
    return ProblemKind(status, Said(*titles), Said(*todo))


RULE = _kind(
    409,
    ("规则不允许", "A rule says no"),
    (
        "办理规则不允许这样做；请看 detail 中的说明，刷新后再办。",
        "A rule of the procedure refuses this act; read the detail, reload, act again.",
    ),
)

KINDS = {
    "bad-request": _kind(
        400,
        ("请求无法读取", "The request cannot be read"),
        ("请检查请求的格式后重发。", "Check the format of the request and resend it."),
    ),
    "json-malformed": _kind(
        400,
        ("JSON 格式错误", "Malformed JSON"),
        ("请发送格式正确的 JSON。", "Send well-formed JSON."),
    ),
    "invalid-utf8": _kind(
        400,
        ("不是 UTF-8 编码", "Not UTF-8"),
        ("请用 UTF-8 编码地址和正文。", "Encode the address and the body as UTF-8."),
    ),
    "header-repeated": _kind(
        400,
        ("请求头重复", "A header is repeated"),
        ("这个请求头只能出现一次。", "Send this header once only."),
    ),
    "idempotency-key-missing": _kind(
        400,
        ("缺少 Idempotency-Key", "Idempotency-Key is missing"),
        (
            "请为每次办理生成一个新的 Idempotency-Key（如 UUID），重发时沿用。",
            "Make a new Idempotency-Key (a UUID) for each act; reuse it on retries.",
        ),
    ),
    "idempotency-key-malformed": _kind(
        400,
        ("Idempotency-Key 格式错误", "Idempotency-Key is malformed"),
        (
            "请用 16 至 255 个可见 ASCII 字符，如一个 UUID。",
            "Use 16 to 255 visible ASCII characters, a UUID for example.",
        ),
    ),
    "if-match-malformed": _kind(
        400,
        ("If-Match 格式错误", "If-Match is malformed"),
        (
            '请原样带回读取时得到的 ETag，如 "v17"。',
            'Send back the ETag you were given when reading, such as "v17".',
        ),
    ),
    "cursor-invalid": _kind(
        400,
        ("翻页标记无效", "The cursor is not valid"),
        (
            "请从第一页重新开始，筛选条件不变时才能用原标记翻页。",
            "Start from the first page; a cursor is good for the same filters only.",
        ),
    ),
    "position-invalid": _kind(
        400,
        ("位置无效", "The position is not valid"),
        (
            "位置写作 <服务>:<序号>，请用上一次得到的位置。",
            "A position is <service>:<sequence>; use the last one you were given.",
        ),
    ),
    "not-permitted": _kind(
        403,
        ("您的岗位不能办理", "Your role may not do this"),
        (
            "请把此事交给 may 所列的岗位办理。",
            "Hand this to one of the roles listed under may.",
        ),
    ),
    "not-yours": _kind(
        403,
        ("此事不由您办理", "This is not yours to do"),
        (
            "请联系 may 所列的单位或岗位办理。",
            "Ask one of the units or roles listed under may.",
        ),
    ),
    "not-found": _kind(
        404,
        ("没有找到", "Not found"),
        ("没有这个编号，或您无权查看。", "No such number, or you may not see it."),
    ),
    "method-not-allowed": _kind(
        405,
        ("不支持这种方法", "Method not allowed"),
        ("请改用 Allow 头所列的方法。", "Use one of the methods in the Allow header."),
    ),
    "not-acceptable": _kind(
        406,
        ("没有您要的格式", "No such format"),
        (
            "请在 Accept 中接受 available 所列的格式。",
            "Accept one of the media types listed under available.",
        ),
    ),
    "conflict": RULE,
    "rival-act": _kind(
        409,
        ("别人刚刚办理了同一件事", "Somebody else just acted on it"),
        ("请刷新后再办。", "Reload, then act again."),
    ),
    "stale": _kind(
        412,
        ("内容已经变化", "It has changed meanwhile"),
        (
            "您看到的版本已过时，请刷新，核对后再办。",
            "The version you saw is old: reload, check, and act again.",
        ),
    ),
    "body-too-large": _kind(
        413,
        ("内容过大", "The body is too large"),
        (
            "请缩小到 limit 字节以内，或分成几份提交。",
            "Keep it under limit bytes, or send it in several parts.",
        ),
    ),
    "media-type": _kind(
        415,
        ("不支持这种内容类型", "Unsupported media type"),
        (
            "请按接口文档发送内容类型（一般为 UTF-8 的 application/json）。",
            "Send the media type of the API document (UTF-8 application/json mostly).",
        ),
    ),
    "invalid": _kind(
        422,
        ("有内容需要更正", "Some fields need correction"),
        ("请按 errors 逐项更正后重发。", "Correct each entry of errors and resend."),
    ),
    "json-too-deep": _kind(
        422,
        ("JSON 嵌套过深", "The JSON is nested too deep"),
        ("请减少嵌套层数。", "Send fewer levels of nesting."),
    ),
    "nul-character": _kind(
        422,
        ("含有空字符", "It holds a NUL character"),
        ("请删去空字符（U+0000）。", "Remove the NUL character (U+0000)."),
    ),
    "unpaired-surrogate": _kind(
        422,
        ("含有残缺字符", "It holds half a character"),
        ("请发送完整的 Unicode 字符。", "Send whole Unicode characters."),
    ),
    "key-reused": _kind(
        422,
        ("Idempotency-Key 已用于其他内容", "The Idempotency-Key was used before"),
        (
            "同一个 Idempotency-Key 的内容不同；新的办理请换新的。",
            "This Idempotency-Key came with another body; use a new one for a new act.",
        ),
    ),
    "if-match-missing": _kind(
        428,
        ("缺少 If-Match", "If-Match is missing"),
        (
            "请先读取，再以所得 ETag 作为 If-Match 提交。",
            "Read it first, then send its ETag as If-Match.",
        ),
    ),
    "too-many-requests": _kind(
        429,
        ("请求过于频繁", "Too many requests"),
        ("请在 Retry-After 秒后再试。", "Try again after Retry-After seconds."),
    ),
    "internal": _kind(
        500,
        ("系统出错", "Something broke here"),
        (
            "这不是您的错。请稍后再试，并把 trace_id 告诉管理员。",
            "This is not your fault. Try later, and give the operator the trace_id.",
        ),
    ),
    "closed": _kind(
        503,
        ("暂停办理", "Acts are paused"),
        ("请在 Retry-After 秒后再办。", "Act again after Retry-After seconds."),
    ),
    "overloaded": _kind(
        503,
        ("系统繁忙", "The system is busy"),
        ("请在 Retry-After 秒后再试。", "Try again after Retry-After seconds."),
    ),
    "database-away": _kind(
        503,
        ("数据库暂时不可用", "The database is away"),
        (
            "请在 Retry-After 秒后，用同一 Idempotency-Key 再试。",
            "Try again after Retry-After seconds, with the same Idempotency-Key.",
        ),
    ),
    "issuer-unreachable": _kind(
        503,
        ("暂时无法核对身份", "Identities cannot be checked now"),
        (
            "请稍后再试；若持续，请告诉管理员身份服务不可达。",
            "Try later; if it lasts, tell the operator the issuer is unreachable.",
        ),
    ),
}
