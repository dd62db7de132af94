"""Whatever a rule refuses is said in Chinese by the rule, in English by its code."""

import ast
import re
from collections.abc import Iterator

from libs.web.refusals import sentences
from tests.unit.house_style import Source, repository

HAN = re.compile(r"[一-鿿]")
NOT_BY_A_RULE = {"not-found", "not-yours"}
"""What is said of all things alike: hidden, or another's to do."""


def refused(sources: Iterator[Source]) -> Iterator[str]:
    """Yield the code of every refusal that is raised in the product."""
    for source in sources:
        if not source.is_python or not source.under("libs/", "services/"):
            continue
        for node in source.nodes:
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rejected":
                assert node.args, f"{source.path}: a refusal without a code"
                code = ast.literal_eval(node.args[0])
                assert isinstance(code, str), source.path
                yield code


def test_every_code_of_a_refusal_has_its_english_sentence_and_no_other_has() -> None:
    codes = set(refused(repository()))
    assert len(codes) > 100
    assert sentences().keys() - NOT_BY_A_RULE == codes - NOT_BY_A_RULE


def test_an_english_sentence_is_english_and_ends() -> None:
    wrong = {
        code: said
        for code, said in sentences().items()
        if HAN.search(said) or not said.endswith(".") or not said[0].isupper()
    }
    assert wrong == {}
