"""S1 a payment that did not arrive · S5 one fact told twice · S7 paid in halves."""

from deploy.demo import besides, claims, clue
from deploy.demo.claims import even
from deploy.demo.clue import Form, register
from deploy.demo.step import Book
from deploy.demo.stops import at
from deploy.demo.thread import Thread

K = 1000
"""The stories' sums are in thousands of fen."""


def s1(book: Book) -> None:
    """From the window to the hand; one worker's card is held by the manager."""
    form = Form(
        "window",
        "E01",
        workers=(1, 2, 3),
        claimed=(1_250 * K, 1_090 * K, 900 * K),
        reference="演示S1",
    )
    one = register(book, at("11-13"), "lc-01", form, "S1")
    clue.screen(one, at("11-13p"), "lc-01")
    clue.propose(one, at("11-13p"), "lc-01", "LI")
    clue.accept(one, at("11-14"), "li-01")
    claims.propose_filing(one, at("11-17"), "li-01")
    claims.take_up(one, at("11-17p"))
    claims.file(one, at("11-17p"))
    sums = {1: 1_200 * K, 2: 1_040 * K, 3: 860 * K}
    claims.verify(one, at("11-24"), "li-01", sums)
    order = claims.order(one, at("11-27"), sums, at("12-11"))
    claims.serve(one, at("11-27p"), order)
    paid = claims.pay(one, at("12-04"), "li-01", sums)
    third = {3: paid[3]}
    claims.confirm(one, at("12-05"), "lc-02", {1: paid[1], 2: paid[2]})
    claims.dispute(one, at("12-05"), "lc-02", third, "card-held-by-manager")
    claims.reverse(one, at("12-06"), "db-01", third)
    again = claims.pay(one, at("12-08"), "db-01", {3: 860 * K})
    claims.confirm(one, at("12-08p"), "db-01", again, refused="recorder-confirms")
    claims.confirm(one, at("12-11"), "lc-02", again)
    clue.reply(one, at("12-12"), "li-01", "paid-in-full")
    claims.end_investigation(one, at("12-12p"))
    claims.conclude(one, at("12-12p"), "db-01")


def s5(book: Book) -> None:
    """Tell one employer's arrears by petition, hotline and platform.

    The hotline's clue is the letter's fact; the platform's was linked by mistake.
    """
    letter = _s5_letter(book)
    order = Form(
        "12345",
        "E06",
        workers=(11, 12),
        claimed=(800 * K, 620 * K),
        number="SJ2023112201",
        reference="演示S5",
    )
    second = register(book, at("11-22"), "lc-02", order, "S5b")
    clue.screen(second, at("11-22p"), "lc-02")
    besides.link(second, at("11-23"), "lc-02", letter, twice=(1, 2))
    clue.reply(second, at("11-28"), "li-02", "handled-together")
    _s5_platform(book, letter)


def _s5_letter(book: Book) -> Thread:
    form = Form(
        "petition",
        "E06",
        workers=(11, 12),
        claimed=(740 * K, 620 * K),
        number="XF2023112101",
        reference="演示S5",
    )
    one = register(book, at("11-21"), "po-01", form, "S5a")
    clue.screen(one, at("11-21p"), "po-01")
    clue.propose(one, at("11-21p"), "po-01", "LI")
    clue.accept(one, at("11-22"), "li-02")
    sums = {1: 700 * K, 2: 600 * K}
    claims.verify(one, at("12-08"), "li-02", sums)
    paid = claims.pay(one, at("12-15"), "li-02", sums)
    claims.confirm(one, at("12-18"), "lc-02", paid)
    clue.reply(one, at("12-19"), "li-02", "paid-in-full")
    claims.conclude(one, at("12-20"), "li-02")
    return one


def _s5_platform(book: Book, letter: Thread) -> None:
    form = Form(
        "platform",
        "E06",
        workers=(13,),
        claimed=(510 * K,),
        number="QXPT20231127003",
        reference="演示S5",
    )
    one = register(book, at("11-27"), "lc-02", form, "S5c")
    clue.screen(one, at("11-27p"), "lc-02")
    besides.link(one, at("11-28"), "lc-02", letter)
    besides.unlink(one, at("12-01"), "li-02", "other-worker")
    claims.verify(one, at("12-13"), "li-02", {1: 510 * K})
    clue.reply(one, at("12-15"), "li-02", "arrears-confirmed")
    paid = claims.pay(one, at("12-20"), "li-02", {1: 510 * K})
    claims.confirm(one, at("12-21"), "lc-02", paid)
    claims.conclude(one, at("12-22"), "li-02")


def s7(book: Book) -> None:
    """Two settled at the mediators' table; the second pays in two halves."""
    first = Form(
        "12345",
        "E10",
        workers=(38, 39),
        claimed=(820 * K, 820 * K),
        number="SJ2023122005",
        reference="演示S7",
    )
    one = register(book, at("12-20"), "lc-01", first, "S7a")
    clue.screen(one, at("12-20p"), "lc-01")
    clue.propose(one, at("12-20p"), "lc-01", "LM")
    clue.accept(one, at("12-21"), "lm-01")
    clue.reply(one, at("12-26"), "lm-01", "mediation-offered")
    claims.verify(one, at("12-27"), "db-02", even(750 * K, (1, 2)))
    besides.classify(one, at("12-27p"), "lm-01", "mediation")
    paid = claims.pay(one, at("01-12"), "lm-01", even(750 * K, (1, 2)))
    claims.confirm(one, at("01-15"), "lc-01", paid)
    claims.conclude(one, at("01-16"), "lm-01")
    _s7_halves(book)


def _s7_halves(book: Book) -> None:
    form = Form(
        "platform",
        "E11",
        workers=(40, 41, 42, 43),
        claimed=(1_300 * K,) * 4,
        number="QXPT20231201002",
        reference="演示S7",
    )
    four = (1, 2, 3, 4)
    one = register(book, at("12-01"), "lc-01", form, "S7b")
    clue.screen(one, at("12-01p"), "lc-01")
    clue.propose(one, at("12-01p"), "lc-01", "LM")
    clue.accept(one, at("12-04"), "lm-02")
    claims.verify(one, at("12-07"), "db-02", even(1_200 * K, four))
    besides.classify(one, at("12-07p"), "lm-02", "mediation")
    half = claims.pay(one, at("12-15"), "lm-02", even(600 * K, four))
    claims.confirm(one, at("12-18"), "lc-03", half)
    clue.reply(one, at("12-20"), "lm-02", "paying-in-parts")
    # The second half was due on the 22nd: the agreement is broken.
    besides.classify(one, at("12-25"), "lm-02", "arbitration", "agreement-broken")
    rest = claims.pay(one, at("02-05"), "lm-02", even(600 * K, four))
    claims.confirm(one, at("02-06"), "lc-03", rest)
    claims.conclude(one, at("02-07"), "lm-02")
