"""Whether a file belongs to a profile: its kind, its template, its columns."""

import re
from collections.abc import Sequence

from libs.sheets.book import Book
from libs.sheets.refusal import SheetRefused
from services.intake.profiles.layout import Layout
from services.intake.profiles.profile import Profile, TemplateRule

_SHOWN = 10
"""So many unknown columns are named in a refusal."""


def check_kind(profile: Profile, book: Book) -> None:
    """Raise `SheetRefused` (wrong-template) for a kind that the profile takes not."""
    if book.kind in profile.kinds:
        return
    kinds = ", ".join(profile.kinds)
    raise SheetRefused(
        "wrong-template",
        f"“{profile.title.zh}”模板只接受 {kinds};请选择正确的模板。",
        f"The profile “{profile.title.en}” takes {kinds}; choose the right profile.",
    )


def check_template(profile: Profile, book: Book) -> None:
    """Raise `SheetRefused` for a template of another profile, or of an old version.

    A template says which one it is in a hidden named cell: name/version.
    """
    rule = profile.template
    if rule is None:
        return
    found = book.named_cell(rule.cell).display.strip()
    if found == rule.value or (not found and not rule.required):
        return
    if (version := _other_version(found, rule)) is not None:
        raise _of_version(profile, version)
    raise SheetRefused(
        "wrong-template",
        f"文件不是“{profile.title.zh}”的 {rule.value} 版模板;请下载该模板填写。",
        f"The file is not of the template {rule.value} of “{profile.title.en}”;"
        " fetch that template and fill it in.",
    )


def _other_version(found: str, rule: TemplateRule) -> str | None:
    """Return the version of the same template that a file was made from."""
    name = rule.value.rpartition("/")[0]
    version = re.fullmatch(rf"{re.escape(name)}/([0-9]{{1,6}})", found)
    return version[1] if name and version else None


def _of_version(profile: Profile, version: str) -> SheetRefused:
    return SheetRefused(
        "template-version",
        f"文件用的是“{profile.title.zh}”第 {version} 版模板,现行为第"
        f" {profile.version} 版;请下载现行模板,把内容粘贴过去再上传。",
        f"The file was made from version {version} of the template"
        f" “{profile.title.en}”; version {profile.version} is in force: fetch it,"
        " paste the content over and send that.",
    )


def check_unmapped(profile: Profile, layouts: Sequence[Layout]) -> None:
    """Raise `SheetRefused` (unknown-columns) where the profile takes no others."""
    found = [f"{one.sheet.name}: {head}" for one in layouts for head in one.unmapped]
    if profile.unmapped == "listed" or not found:
        return
    names = "、".join(found[:_SHOWN])
    raise SheetRefused(
        "unknown-columns",
        f"表中有“{profile.title.zh}”模板不认识的栏({names});请删去这些栏,"
        "或为模板做新的版本。",
        f"The sheet has columns that “{profile.title.en}” does not know ({names});"
        " delete them, or make a new version of the profile.",
    )
