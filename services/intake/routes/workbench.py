"""Routes of the workbench: a sheet laid down, looked at, and read on trial.

The file is kept as an import's is: sealed under its own key, for its unit alone, and
destroyed after thirty days. Nothing here is an event.
"""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from libs.events.decider import NotVisible
from libs.sheets.book import Book, open_book
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.idempotency import Creation
from libs.web.languages import Said as Words
from libs.web.problems import FieldError, More, Problem
from services.intake.importing.handing_in import (
    Asked,
    handed_in,
    refused,
    source_of,
)
from services.intake.importing.runner import Runner
from services.intake.importing.samples import Sample, laid_down, sample_of
from services.intake.importing.shelf import Shelf, shelf
from services.intake.profiles.choices import Choices
from services.intake.profiles.code_tables import CodeWord, code_words
from services.intake.profiles.composing import composed
from services.intake.profiles.looking import SheetSeen, filled_sheets, look
from services.intake.profiles.meanings import SORTS, WORDS
from services.intake.profiles.mending import mends
from services.intake.profiles.rows import open_sheets
from services.intake.profiles.shelf import (
    ProfileInvalid,
    ProfileUnknown,
    read_profile,
)
from services.intake.profiles.start import Start, start_of
from services.intake.routes.imports import Import, under_way, visible
from services.intake.window import Window

SAMPLES = "/v1/import-samples"


class Column(BaseModel):
    """A column: its header, up to five masked samples, and what it may mean."""

    column: str
    header: str
    by_place: bool
    samples: list[str]
    filled: int
    meaning: str | None
    unit: str


class SheetOf(BaseModel):
    """One sheet of a file: its name and how much is filled."""

    name: str
    rows: int
    columns: int


class Meaning(BaseModel):
    """What a column can mean, as it is called, and how its cells are read."""

    meaning: str
    title: dict[str, str]
    sort: str


class Looked(BaseModel):
    """A sheet on the workbench, with the choices to begin with."""

    sample_id: UUID
    file_sha256: str
    sheets: list[SheetOf]
    sheet: str
    header_row: int
    candidates: list[int]
    formats: list[str]
    columns: list[Column]
    meanings: list[Meaning]
    codes: list[CodeWord]
    start: Start


class View(BaseModel):
    """Which sheet and header, and what to begin with: a profile, or a trial."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sheet: Annotated[str | None, Field(max_length=200)] = None
    header_row: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    start_with: Annotated[str | None, Field(max_length=64)] = None


def router(window: Window, runner: Runner) -> APIRouter:
    """Return the routes of the workbench."""
    routes = APIRouter()
    _laying_down(routes, window)
    _trying(routes, window, runner)
    return routes


def _laying_down(routes: APIRouter, window: Window) -> None:
    @routes.post(SAMPLES, status_code=201, response_model=Looked)
    async def lay_down(
        file: UploadFile, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Lay a sheet on the workbench: it is kept sealed, for the unit alone."""
        permissions.require(caller, "DraftImportProfile")
        source = await source_of(file)
        book = await _opened(source)
        seen = await _looked(book, View())
        sample = await laid_down(window, act, source)
        said = _shown(sample, book, (seen, start_of(None, seen)))
        location = f"{SAMPLES}/{sample.sample_id}"
        return JSONResponse(said, 201, {"Location": location})

    @routes.get(f"{SAMPLES}/{{sample_id}}", response_model=Looked)
    async def look_at(
        sample_id: UUID, caller: OfficerCaller, view: Annotated[View, Query()]
    ) -> JSONResponse:
        """Return a sheet's columns, with masked samples and what they may mean."""
        permissions.require(caller, "DraftImportProfile")
        sample = await sample_of(window, sample_id, caller.actor)
        book = await _opened(sample.source)
        seen = await _looked(book, view)
        text = await _base(window, caller, view.start_with)
        begun = start_of(text, seen, view.start_with)
        headers = {"Cache-Control": "no-store"}
        return JSONResponse(_shown(sample, book, (seen, begun)), headers=headers)


def _trying(routes: APIRouter, window: Window, runner: Runner) -> None:
    @routes.post(
        f"{SAMPLES}/{{sample_id}}/trials", status_code=202, response_model=Import
    )
    async def try_it(
        sample_id: UUID, said: Choices, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Read the sheet on trial, as chosen; the dry run's report says what came."""
        permissions.require(caller, "DraftImportProfile")
        sample = await sample_of(window, sample_id, caller.actor)
        at_hand = await shelf(window)
        base = await _base(window, caller, said.base)
        view = View(sheet=said.sheet, header_row=said.header_row)
        seen = await _looked(await _opened(sample.source), view)
        text = _composed(said, seen, at_hand, base)
        found = read_profile(said.name, text)
        try:
            await asyncio.to_thread(open_sheets, found, sample.source)
        except SheetRefused as refusal:
            raise refused(refusal) from None
        asked = Asked(found, "dry_run", text, sample_id)
        job = await handed_in(window, act, sample.source, asked)
        runner.wake.set()
        return under_way(at_hand, job)


def _composed(said: Choices, seen: SheetSeen, at_hand: Shelf, base: str | None) -> str:
    errors = [
        FieldError("pointer", one.where, one.code, Words(one.zh, one.en))
        for one in mends(said, seen)
    ]
    if errors:
        raise Problem("invalid", more=More(errors))
    text = composed(said, seen, at_hand.held.next_version(said.name), base)
    try:
        read_profile(said.name, text)
    except ProfileInvalid as wrong:
        words = Words(
            f"所选合不成模板:{'; '.join(wrong.problems)}",
            f"The choices make no profile: {'; '.join(wrong.problems)}",
        )
        error = FieldError("pointer", "", "profile-invalid", words)
        raise Problem("invalid", more=More([error])) from None
    return text


async def _base(window: Window, caller: SignedIn, named: str | None) -> str | None:
    """Return the TOML to begin with: of a profile by name, or of a trial by its id."""
    if not named:
        return None
    try:
        trial = UUID(named)
    except ValueError:
        try:
            return (await shelf(window)).text(named)
        except ProfileUnknown:
            raise NotVisible from None
    return (await visible(window, trial, caller)).profile_text


async def _opened(source: Source) -> Book:
    try:
        return await asyncio.to_thread(open_book, source)
    except SheetRefused as refusal:
        raise refused(refusal) from None


async def _looked(book: Book, view: View) -> SheetSeen:
    try:
        return await asyncio.to_thread(look, book, view.sheet, view.header_row)
    except SheetRefused as refusal:
        raise refused(refusal) from None


def _shown(
    sample: Sample, book: Book, looked: tuple[SheetSeen, Start]
) -> Mapping[str, Any]:
    seen, begun = looked
    columns = [
        Column(
            column=one.letters,
            header=one.header,
            by_place=one.by_place,
            samples=list(one.samples),
            filled=one.filled,
            meaning=begun.meaning_of(one.letters),
            unit=begun.unit_of(one),
        )
        for one in seen.columns
    ]
    return Looked(
        sample_id=sample.sample_id,
        file_sha256=sample.source.digest,
        sheets=[
            SheetOf(name=s.name, rows=s.survey.rows, columns=s.survey.columns)
            for s in filled_sheets(book)
        ],
        sheet=seen.name,
        header_row=seen.header_row,
        candidates=list(seen.candidates),
        formats=list(seen.formats),
        columns=columns,
        meanings=[
            Meaning(meaning=one, title={"zh": zh, "en": en}, sort=SORTS[one])
            for one, (zh, en) in WORDS.items()
        ],
        codes=list(code_words()),
        start=begun,
    ).model_dump(mode="json")
