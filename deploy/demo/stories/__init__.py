"""The hand-written stories S1–S12 in their first stage."""

from deploy.demo.step import Book
from deploy.demo.stories import district, late, payment, pingpong


def tell(book: Book) -> None:
    """Plan all the stories."""
    for story in (
        payment.s1,
        pingpong.s2,
        pingpong.s3,
        pingpong.s4,
        payment.s5,
        district.s6,
        payment.s7,
        district.s8,
        district.s9,
        late.s10,
        late.s11,
        late.s12,
    ):
        story(book)
