"""S2 a report without a name · S3 who is responsible · S4 not wages at all."""

from deploy.demo import claims, clue
from deploy.demo.claims import Paying, even
from deploy.demo.clue import Form, register
from deploy.demo.step import Book
from deploy.demo.stops import at

K = 1000
ARTICLE_10 = "保障农民工工资支付条例第十条"
ARTICLE_7 = "保障农民工工资支付条例第七条"
ARTICLE_24 = "信访工作条例第二十四条"


def s2(book: Book) -> None:
    """Nobody's name, only a query code; an answer is not possible."""
    form = Form(
        "web",
        "E02",
        project=("P01", "演示一号地块商务楼（虚构）"),
        report=True,
        anonymous=True,
        reference="演示S2",
    )
    one = register(book, at("11-16"), None, form, "S2")
    clue.screen(one, at("11-16p"), "lc-01", to="industry")
    clue.propose(one, at("11-16p"), "lc-01", "DO")
    clue.accept(one, at("11-17"), "do-01")
    clue.unanswerable(one, at("12-12"), "do-01", "anonymous")


def s3(book: Book) -> None:
    """Handed to and fro until the leading-group office rules."""
    _s3_greening(book)
    _s3_cleaner(book)


def _s3_greening(book: Book) -> None:
    form = Form(
        "12345",
        "E03",
        workers=tuple(range(4, 10)),
        claimed=(1_200 * K,) * 6,
        number="SJ2023120407",
        project=("P02", "演示滨河绿化二期（虚构）"),
        reference="演示S3",
    )
    six = tuple(range(1, 7))
    one = register(book, at("12-04"), "lc-01", form, "S3a")
    clue.screen(one, at("12-04p"), "lc-01")
    clue.propose(one, at("12-04p"), "lc-01", "LI")
    clue.refuse(one, at("12-05"), "li-01", ARTICLE_7)
    clue.propose(one, at("12-05"), "lc-01", "DO", refused="ruling-needed")
    clue.rule(one, at("12-05p"), "lg-01", "DO", ARTICLE_24)
    clue.refuse(one, at("12-06"), "do-01", ARTICLE_10, refused="ruling-binds")
    clue.reply(one, at("12-08"), "do-01", "responsible-unit-named")
    claims.verify(one, at("12-20"), "db-01", even(1_100 * K, six))
    contractor = Paying("general_contractor")
    paid = claims.pay(one, at("12-26"), "do-01", even(1_100 * K, six), contractor)
    five = {n: paid[n] for n in six[:5]}
    claims.confirm(one, at("12-27"), "lc-02", five)
    claims.conclude(one, at("12-28"), "do-01")


def _s3_cleaner(book: Book) -> None:
    form = Form(
        "platform",
        "E04",
        workers=(10,),
        claimed=(900 * K,),
        number="QXPT20231212001",
        reference="演示S3",
    )
    one = register(book, at("12-12"), "lc-02", form, "S3b")
    clue.screen(one, at("12-12p"), "lc-02")
    clue.propose(one, at("12-12p"), "lc-02", "DO")
    clue.accept(one, at("12-13"), "do-02")
    clue.propose(one, at("12-15"), "do-02", "LI")
    clue.accept(one, at("12-18"), "li-02")
    clue.propose(one, at("12-19"), "li-02", "DO", refused="ruling-needed")
    clue.rule(one, at("12-20"), "lg-01", "LI", ARTICLE_24)
    claims.verify(one, at("12-28"), "li-02", {1: 980 * K})
    clue.reply(one, at("12-29"), "li-02", "arrears-confirmed")
    paid = claims.pay(one, at("01-05"), "li-02", {1: 980 * K})
    claims.confirm(one, at("01-05p"), "lc-02", paid)
    claims.conclude(one, at("01-08"), "li-02")


def s4(book: Book) -> None:
    """Tell the right channel, in print: a project's price is no wage."""
    form = Form("window", "E05", reporter="演示包工头甲", reference="演示S4")
    one = register(book, at("12-19"), "lc-03", form, "S4")
    clue.screen(one, at("12-19"), "lc-03", "project_price", "department")
    clue.advise(one, at("12-19"), "lc-03", "court")
