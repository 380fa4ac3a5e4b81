"""A language is admitted by its pairs: what is the same program has the same form, and nothing else has."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from judgegate.model.file_names import PYTHON
from judgegate.sources.grammars import GRAMMARS
from judgegate.sources.python import read_python
from judgegate.sources.python_facts import extract_python
from judgegate.sources.syntax_facts import extract_facts
from tests.sources.form_pairs import FOLDER, Pair, pairs_of

FEWEST = 25
"""Pairs of each kind that a language needs."""


def _form_of_syntax(text: str, *, language: str) -> str:
    return extract_facts(text, language, b"").form


def _form_of_python(text: str) -> str:
    return extract_python(read_python(text.encode())).form


FORMS: Mapping[str, Callable[[str], str]] = {
    PYTHON: _form_of_python,
    **{one: partial(_form_of_syntax, language=one) for one in GRAMMARS},
}
"""How a text of each language gets its form."""


def test_each_language_has_its_pairs() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == FORMS.keys()


@pytest.mark.parametrize("language", FORMS)
def test_a_language_has_enough_pairs(language: str) -> None:
    pairs = list(pairs_of(language))
    same = [pair for pair in pairs if pair.is_same]
    assert len(same) >= FEWEST
    assert len(pairs) - len(same) >= FEWEST


@pytest.mark.parametrize(
    ("language", "pair"),
    [
        pytest.param(language, pair, id=f"{language}: {pair.title}")
        for language in FORMS
        for pair in pairs_of(language)
    ],
)
def test_a_form_is_that_of_the_program(language: str, pair: Pair) -> None:
    form_of = FORMS[language]
    assert (form_of(pair.first) == form_of(pair.second)) == pair.is_same
