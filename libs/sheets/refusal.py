"""A file that is not read at all: a stable code and one sentence on what to do."""


class SheetRefused(Exception):
    """A whole file is refused; `code` is kebab-case, the sentence is in two tongues."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


def wrong_type(what: str) -> SheetRefused:
    """Refuse a file that is no xlsx, xls or csv."""
    return SheetRefused(
        "wrong-type",
        f"文件是{what},不是表格;请另存为 xlsx 或 csv 后再上传。",
        f"The file is {what}, not a sheet; save it as xlsx or csv and send it again.",
    )


def malformed(where: str) -> SheetRefused:
    """Refuse a workbook whose inside does not follow its own format."""
    return SheetRefused(
        "malformed",
        f"文件内部损坏({where});请在表格软件中打开并另存后再上传。",
        f"The file is damaged inside ({where}); open it and save it again, then send.",
    )


def too_large(what_zh: str, what_en: str) -> SheetRefused:
    """Refuse a file above one of the limits."""
    return SheetRefused(
        "too-large",
        f"文件过大:{what_zh};请拆分后再上传。",
        f"The file is too large: {what_en}; split it and send the parts.",
    )


def has_macros() -> SheetRefused:
    """Refuse a workbook that carries a program."""
    return SheetRefused(
        "macros",
        "文件含有宏;请另存为不含宏的 xlsx 后再上传。",
        "The file holds macros; save it as an xlsx without macros and send it again.",
    )


def has_external_links() -> SheetRefused:
    """Refuse a workbook that draws on other files or connections."""
    return SheetRefused(
        "external-links",
        "文件引用了外部文件或数据连接;请粘贴为数值、断开链接后再上传。",
        "The file draws on other files or connections; paste values,"
        " break the links and send it again.",
    )


def encrypted() -> SheetRefused:
    """Refuse a workbook under a password."""
    return SheetRefused(
        "encrypted",
        "文件设有密码;请去除密码后再上传。",
        "The file is under a password; remove it and send the file again.",
    )


def polyglot() -> SheetRefused:
    """Refuse bytes that are a workbook and something else at once."""
    return SheetRefused(
        "polyglot",
        "文件夹带其他内容;请在表格软件中另存为新文件后再上传。",
        "The file carries something else beside the sheet; save it as a new file"
        " and send that.",
    )


def zip_bomb() -> SheetRefused:
    """Refuse an archive that unpacks to far more than it weighs."""
    return SheetRefused(
        "zip-bomb",
        "文件解压后异常膨胀,已拒绝;请另存为新文件后再上传。",
        "The file unpacks to far more than it weighs; save it as a new file"
        " and send that.",
    )


def empty() -> SheetRefused:
    """Refuse a file without a single filled cell."""
    return SheetRefused(
        "empty",
        "文件没有内容;请检查后再上传。",
        "The file holds no rows; check it and send it again.",
    )


def bad_encoding() -> SheetRefused:
    """Refuse text that is in none of the encodings allowed."""
    return SheetRefused(
        "bad-encoding",
        "文字编码无法识别;请以 UTF-8 另存为 csv 后再上传。",
        "The text is in none of the allowed encodings; save the csv as UTF-8"
        " and send it again.",
    )
