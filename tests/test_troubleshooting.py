"""Troubleshooting quotes the program."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.repositories import RepositoryBuilder
from tests.runs import check

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
QUOTES = [
    line
    for block in re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
OF_GITHUB = ("Resource not accessible by integration",)
"""What GitHub says, and judgegate passes on."""


def read_texts() -> Iterator[str]:
    """Every text in the program, in the pieces between what is put in at run time."""
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


SIGNS = " :;,.()@`/0123456789"


@cache
def texts() -> tuple[frozenset[str], str]:
    """All texts: each for itself, and in a row."""
    apart = frozenset(text.strip(SIGNS) for text in (*read_texts(), *OF_GITHUB))
    return apart, "\n".join(sorted(apart))


WORDS = 10
"""Characters of a piece that is no whole text of the program: fewer could stand anywhere."""


def is_said(quote: str) -> bool:
    """Whether the quote can be put together from texts of the program, whole or long pieces, with nothing but signs and numbers between."""
    bare = quote.strip(SIGNS)
    if not bare:
        return True
    ends = (
        end
        for end in range(len(bare), 0, -1)
        if end == len(bare) or not (bare[end - 1].isalnum() and bare[end].isalnum())
    )
    starts = (bare[:end].rstrip(SIGNS) for end in ends)
    apart, together = texts()
    return any(
        (start in apart or (len(start) >= WORDS and start in together))
        and is_said(bare[len(start) :])
        for start in starts
    )


@pytest.mark.parametrize("quote", QUOTES)
def test_every_quoted_line_is_one_that_the_program_says(quote: str) -> None:
    pieces = re.split(r"<[^>]*>", quote)
    assert any(len(piece.strip(SIGNS)) > 2 for piece in pieces)
    assert [piece for piece in pieces if not is_said(piece)] == []


def test_a_block_is_told_in_the_words_of_the_page(repository: RepositoryBuilder) -> None:
    (quote,) = [line for line in QUOTES if line.startswith("Blocked: ")]
    repository.write("app.py", "X = 1\n").commit("Start")
    call = "subprocess.run(input(), shell=True)\n"
    repository.branch("topic").write(
        "shop/invoices.py", f"import subprocess\n\n\n\n{call}{call}"
    ).commit("Run")
    (reason,) = [
        one["message"]
        for one in check(at=repository)["reasons"]
        if one["action"] == "block"
    ]
    assert f"Blocked: {reason}" == re.sub("[<>]", "", quote)


def test_a_misquotation_would_be_noticed() -> None:
    assert is_said(" has no write permission, so the command is not obeyed.")
    assert not is_said(" has no write access, so the command is not obeyed.")


def test_every_symptom_is_listed_at_the_top() -> None:
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert re.findall(r"^- \[(.*?)\]\(#", PAGE, re.MULTILINE) == headings
