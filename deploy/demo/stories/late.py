"""S10 the leader's case · S11 a claim that was put up · S12 facts that come late."""

from deploy.demo import besides, claims, clue
from deploy.demo.claims import Paying, even
from deploy.demo.clue import Form, register
from deploy.demo.step import Book
from deploy.demo.stops import at, moment

K = 1000


def s10(book: Book) -> None:
    """Thirty-eight came to the petition office; the owner pays in two parts."""
    form = Form(
        "petition",
        "E16",
        workers=tuple(range(98, 136)),
        claimed=(2_000 * K,) * 38,
        number="XF2023122101",
        project=("P04", "演示东路改造（虚构）"),
        reference="演示S10",
    )
    everyone = range(1, 39)
    one = register(book, at("12-21"), "po-01", form, "S10")
    clue.screen(one, at("12-21p"), "po-01")
    besides.petition(one, at("12-21p"), "po-01", (23, 6), refused="invalid")
    besides.petition(one, at("12-21p"), "po-01", (23, 5))
    clue.propose(one, at("12-21p"), "po-01", "DO")
    clue.accept(one, at("12-22"), "do-01")
    besides.notice(one, at("12-26"), "do-01")
    besides.reception(one, at("12-27"), "lg-01", 23, 5)
    besides.take_the_lead(one, at("12-27p"), "lg-01", at("01-31"))
    claims.verify(one, at("12-29"), "db-03", even(1_800 * K, everyone))
    part, owner = even(900 * K, everyone), Paying("owner")
    first = claims.pay(one, at("01-24"), "do-01", part, owner)
    second = claims.pay(one, at("02-02"), "do-01", part, owner)
    claims.confirm(one, at("02-05"), "po-01", first)
    claims.confirm(one, at("02-05"), "po-01", second)
    besides.strike_off(one, at("02-05p"), ("do-01", "lg-01"), "paid")
    clue.reply(one, at("02-06"), "do-01", "paid-in-full")
    claims.conclude(one, at("02-06p"), "do-01")


def s11(book: Book) -> None:
    """Twelve names in an online post: claimed, and nothing found yet."""
    form = Form(
        "cyberspace",
        "E17",
        workers=tuple(range(136, 148)),
        claimed=(1_000 * K,) * 12,
        project=("P05", "演示钢结构厂房（虚构）"),
        report=True,
        anonymous=True,
        reference="演示S11",
    )
    one = register(book, at("01-04"), "cy-01", form, "S11")
    clue.screen(one, at("01-04p"), "cy-01")
    address = "https://example.invalid/yanshi/2024-01-04"
    besides.opinion(one, at("01-04p"), "cy-01", "YQ2024010401", address)
    clue.propose(one, at("01-04p"), "cy-01", "DO")
    clue.accept(one, at("01-05"), "do-02")


def s12(book: Book) -> None:
    """Wages paid on 15 December and entered on the 27th; a complaint taken too late."""
    _s12_late(book)
    form = Form(
        "window", "E19", workers=(152,), claimed=(560 * K,), reference="演示S12"
    )
    one = register(book, at("02-02"), "lc-01", form, "S12b")
    clue.screen(one, at("02-02p"), "lc-01")
    clue.propose(one, at("02-02p"), "lc-01", "LI")
    clue.accept(one, at("02-04"), "li-03")
    claims.file(one, at("02-09p"))


def _s12_late(book: Book) -> None:
    form = Form(
        "12345",
        "E18",
        workers=(38, 148, 149, 150, 151),
        claimed=(750 * K,) * 5,
        number="SJ2023112406",
        reference="演示S12",
    )
    five = range(1, 6)
    one = register(book, at("11-24"), "lc-03", form, "S12a")
    clue.screen(one, at("11-24p"), "lc-03")
    clue.classify(one, at("11-24p"), "lc-03", "complaint")
    clue.propose(one, at("11-24p"), "lc-03", "LI")
    clue.accept(one, at("11-27"), "li-03")
    told = moment("12-01 14:20")
    clue.reply(one, at("12-05"), "li-03", "verifying", told)
    claims.verify(one, at("12-08"), "li-03", even(700 * K, five))
    then = Paying(when=moment("12-15 16:10"))
    paid = claims.pay(one, at("12-27"), "li-03", even(700 * K, five), then)
    claims.confirm(one, at("12-28"), "lc-03", paid)
    claims.conclude(one, at("12-29"), "li-03")
