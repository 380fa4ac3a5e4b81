"""A language is admitted by its pairs: what is the same program has the same form, and nothing else has."""

import pytest

from judgegate.sources.grammars import GRAMMARS
from judgegate.sources.syntax_facts import extract_facts
from tests.sources.form_pairs import FOLDER, Pair, pairs_of

FEWEST = 25
"""Pairs of each kind that a language needs."""


def test_each_language_has_its_pairs() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == GRAMMARS.keys()


@pytest.mark.parametrize("language", GRAMMARS)
def test_a_language_has_enough_pairs(language: str) -> None:
    pairs = list(pairs_of(language))
    same = [pair for pair in pairs if pair.is_same]
    assert len(same) >= FEWEST
    assert len(pairs) - len(same) >= FEWEST


@pytest.mark.parametrize(
    ("language", "pair"),
    [
        pytest.param(language, pair, id=f"{language}: {pair.title}")
        for language in GRAMMARS
        for pair in pairs_of(language)
    ],
)
def test_a_form_is_that_of_the_program(language: str, pair: Pair) -> None:
    first, second = (extract_facts(text, language, b"").form for text in pair[2:])
    assert (first == second) == pair.is_same
