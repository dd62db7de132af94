"""Query codes: the same for ever, told apart, and every slip of the pen is noticed."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from libs.sealing import seal, unseal
from services.intake.vault.codes import ALPHABET, LENGTH, Codes, read
from services.intake.vault.keys import Keys
from services.intake.vault.sealing import place

CODES = Codes(Keys.of(b"m" * 32, b"c" * 32))


@given(st.uuids())
def test_a_code_is_the_same_whenever_it_is_computed(subject: UUID) -> None:
    code = CODES.of("clue", subject)
    assert code == CODES.of("clue", subject)
    assert code != CODES.of("claim", subject)
    assert read(code) == code.replace("-", "")
    assert CODES.digest(code) == CODES.digest_of("clue", subject)


@given(st.uuids(), st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(subject: UUID, at: int, other: str) -> None:
    code = CODES.of("clue", subject).replace("-", "")
    if {code[at], other} in ({"0", "Z"}, {other}):
        return
    assert read(code[:at] + other + code[at + 1 :]) is None


@given(st.uuids(), st.integers(0, LENGTH - 3))
def test_two_neighbours_in_the_wrong_order_are_noticed(subject: UUID, at: int) -> None:
    code = CODES.of("claim", subject).replace("-", "")
    first, second = code[at], code[at + 1]
    if {first, second} in ({"0", "Z"}, {first}):
        return
    assert read(code[:at] + second + first + code[at + 2 :]) is None


def test_letters_that_are_misread_are_put_right() -> None:
    code = next(
        code
        for code in (CODES.of("clue", uuid4()) for _ in range(500))
        if "0" in code and "1" in code
    )
    typed = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert read(typed) == code.replace("-", "")


def test_another_deployments_key_gives_other_codes_and_person_hmacs() -> None:
    other = Keys.of(b"m" * 32, b"x" * 32)
    subject = uuid4()
    assert Codes(other).of("clue", subject) != CODES.of("clue", subject)
    assert other.matching != CODES.keys.matching
    moved = Keys.of(b"n" * 32, b"c" * 32)
    assert moved.matching == CODES.keys.matching
    assert moved.current != CODES.keys.current


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_to_the_same(plain: bytes) -> None:
    key, where = b"k" * 32, place(uuid4(), "name")
    assert unseal(key, seal(key, plain, where), where) == plain
