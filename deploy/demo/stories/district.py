"""S6 an order that expired and was paid late · S8 the boss is gone · S9 two purses."""

from deploy.demo import besides, claims, clue
from deploy.demo.claims import even
from deploy.demo.clue import Form, register
from deploy.demo.step import Book
from deploy.demo.stops import at

K = 1000


def s6(book: Book) -> None:
    """Two garment and hardware makers: ordered, expired, paid in the end."""
    _s6_garments(book)
    _s6_hardware(book)


def _s6_garments(book: Book) -> None:
    form = Form(
        "window",
        "E07",
        workers=tuple(range(14, 28)),
        claimed=(1_800 * K,) * 14,
        reference="演示S6",
    )
    sums = even(1_600 * K, range(1, 15))
    one = register(book, at("11-10"), "lc-01", form, "S6a")
    clue.screen(one, at("11-10p"), "lc-01")
    clue.propose(one, at("11-10p"), "lc-01", "LI")
    clue.accept(one, at("11-10p"), "li-01")
    claims.file(one, at("11-10p"))
    claims.verify(one, at("11-30"), "li-01", sums)
    order = claims.order(one, at("12-01"), sums, at("12-08"))
    claims.serve(one, at("12-01p"), order)
    claims.end_investigation(one, at("12-11"))
    paid = claims.pay(one, at("01-10"), "db-01", sums)
    claims.confirm(one, at("01-12"), "lc-01", paid)
    clue.reply(one, at("01-15"), "li-01", "paid-in-full")
    claims.conclude(one, at("01-16"), "db-01")


def _s6_hardware(book: Book) -> None:
    form = Form(
        "window",
        "E09",
        workers=tuple(range(28, 38)),
        claimed=(1_200 * K,) * 10,
        reference="演示S6",
    )
    sums = even(1_200 * K, range(1, 11))
    one = register(book, at("11-24"), "lc-01", form, "S6b")
    clue.screen(one, at("11-24p"), "lc-01")
    clue.propose(one, at("11-24p"), "lc-01", "LI")
    clue.accept(one, at("11-27"), "li-02")
    claims.file(one, at("11-28"))
    claims.verify(one, at("12-07"), "li-02", sums)
    order = claims.order(one, at("12-08"), sums, at("12-15"))
    claims.serve(one, at("12-08p"), order)
    claims.end_investigation(one, at("12-20"))
    paid = claims.pay(one, at("12-22"), "db-01", sums)
    claims.confirm(one, at("12-25"), "lc-01", paid)
    clue.reply(one, at("12-26"), "li-02", "paid-in-full")
    claims.conclude(one, at("12-26p"), "db-01")


def s8(book: Book) -> None:
    """Tell of a boss who is gone: the order is posted at the door, and expires."""
    form = Form(
        "window",
        "E12",
        workers=tuple(range(44, 56)),
        claimed=(3_600 * K,) * 12,
        reference="演示S8",
    )
    sums = even(3_000 * K, range(1, 13))
    one = register(book, at("11-27"), "lc-01", form, "S8")
    clue.screen(one, at("11-27p"), "lc-01")
    clue.propose(one, at("11-27p"), "lc-01", "LI")
    clue.accept(one, at("11-28"), "li-01")
    besides.grade(one, at("11-28p"), "li-01", "E12")
    claims.file(one, at("11-29"))
    claims.verify(one, at("12-04"), "li-01", sums)
    order = claims.order(one, at("12-05"), sums, at("12-12"))
    claims.serve(one, at("12-05p"), order, "posted")


def s9(book: Book) -> None:
    """Tell of a builder who does not pay as ordered, a hotel that pays in parts."""
    _s9_site(book)
    _s9_hotel(book)


def _s9_site(book: Book) -> None:
    # The leader of a crew names them; two of the roster were never there.
    form = Form(
        "platform",
        "E13",
        workers=tuple(range(56, 80)),
        claimed=(1_500 * K,) * 24,
        number="QXPT20231211004",
        project=("P03", "演示三号住宅楼（虚构）"),
        reference="演示S9",
        roster=True,
    )
    sums = even(1_500 * K, range(1, 23))
    one = register(book, at("12-11"), "lc-02", form, "S9a")
    clue.screen(one, at("12-11p"), "lc-02")
    clue.propose(one, at("12-11p"), "lc-02", "DO")
    clue.accept(one, at("12-12"), "do-01")
    besides.called_back(one, at("12-12p"), "lc-01", disclaim=(23, 24))
    claims.file(one, at("12-13"))
    claims.withdraw(one, at("12-13p"), "do-01", (23, 24), "mistaken")
    claims.verify(one, at("12-20"), "db-02", sums)
    order = claims.order(one, at("12-21"), sums, at("12-28"))
    claims.serve(one, at("12-21p"), order)
    clue.reply(one, at("12-29"), "do-01", "ordered-to-pay")


def _s9_hotel(book: Book) -> None:
    form = Form(
        "patrol",
        "E15",
        workers=tuple(range(80, 98)),
        claimed=(1_600 * K,) * 18,
        report=True,
        reference="演示S9",
    )
    all_of_them = range(1, 19)
    one = register(book, at("12-26"), "li-03", form, "S9b")
    clue.screen(one, at("12-26p"), "li-03")
    besides.signal(one, at("12-26p"), "li-03", "QYJ2023122615")
    besides.patrol(one, ("li-01", "li-03"), (at("12-26"), at("01-09")))
    claims.verify(one, at("01-03"), "li-03", even(1_500 * K, all_of_them))
    first = claims.pay(one, at("01-18"), "li-03", even(650 * K, all_of_them))
    second = claims.pay(one, at("02-05"), "li-03", even(650 * K, all_of_them))
    claims.confirm(one, at("02-07"), "lc-01", first)
    claims.confirm(one, at("02-07"), "lc-01", second)
    clue.reply(one, at("02-08"), "li-03", "paying-in-parts")
