"""Programs that look alike and are not the same: no two of them may have the same form.

`alike/LANGUAGE.txt` holds a pair in each line. `⏎` stands for a line feed, `⇥` for a tab, `␍` for a carriage
return, and `⟦a0⟧` for a character that cannot be seen.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.test_forms import FORMS

FOLDER = Path(__file__).parent / "alike"
FEWEST = 10

_SIGNS = str.maketrans({"⏎": "\n", "⇥": "\t", "␍": "\r"})
_NUMBERED = re.compile("⟦([0-9a-f]+)⟧")


def pairs_of(language: str) -> Iterator[tuple[str, str]]:
    for line in (FOLDER / f"{language}.txt").read_text("utf-8").split("\n"):
        if line:
            one, other = line.split(" ≠ ")
            yield text_of(one), text_of(other)


def text_of(written: str) -> str:
    return _NUMBERED.sub(lambda found: chr(int(found[1], 16)), written.translate(_SIGNS))


def test_every_language_has_such_pairs() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == FORMS.keys()


@pytest.mark.parametrize("language", FORMS)
def test_no_two_programs_have_the_same_form(language: str) -> None:
    pairs = list(pairs_of(language))
    form_of = FORMS[language]
    assert [pair for pair in pairs if form_of(pair[0]) == form_of(pair[1])] == []
    assert len(pairs) >= FEWEST
