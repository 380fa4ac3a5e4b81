"""What holds for the facts of any text, in any language but Python."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ast_grep_py import SgRoot
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model import codec
from judgegate.model.facts import MOST, FileFacts
from judgegate.sources.grammar import Grammar
from judgegate.sources.grammars import GRAMMARS
from judgegate.sources.syntax_facts import extract_facts
from judgegate.sources.text import Unreadable
from tests.sources.form_pairs import pairs_of

SAMPLES = Path(__file__).parent / "samples"
LANGUAGES = sorted(GRAMMARS)
TEXTS = {
    language: [
        (SAMPLES / f"{language}.txt").read_text("utf-8"),
        *(pair.first for pair in pairs_of(language)),
    ]
    for language in GRAMMARS
}
SIGNS = "abf1(){}[];,:.=><+-*/\\\"'`$#@!?&| \n\t\r"
KIND_TABLES = (
    "arguments", "asserting", "assignments", "anonymous", "bare", "blocks", "bodies", "branches", "calls",
    "carriers", "classes", "comments", "conditionals", "declarations", "decorators", "entered",
    "first_words", "functions", "handlers", "imports", "leaving", "lists", "members", "mentions", "methods",
    "modifiers", "name_kinds", "namespaces", "passing", "patterns", "strings", "subscripts", "types",
)  # fmt: skip
LAYOUT_TABLES = ("atoms", "empties", "exact", "folded", "quoted", "separators", "trailing")
HASHED = {"bash", "ruby"}
"""Languages whose comments begin with a hash."""


def read(text: str, language: str) -> FileFacts | None:
    """Its facts, which survive the way to the parent, or None where there is a reason."""
    try:
        found = extract_facts(text, language, b"salt")
    except Unreadable as why:
        return None if str(why) else pytest.fail("no reason")
    assert codec.decode(FileFacts, codec.encode(found)) == found
    return found


@settings(deadline=None)
@given(st.sampled_from(LANGUAGES), st.text() | st.text(alphabet=SIGNS, max_size=60))
def test_any_text_has_facts_or_a_reason(language: str, text: str) -> None:
    read(text, language)


@settings(deadline=None)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_a_part_of_a_text_has_facts_or_a_reason(data: st.DataObject, language: str) -> None:
    text = data.draw(st.sampled_from(TEXTS[language]))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    read(text[start:end], language)


@settings(deadline=None)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_a_text_with_a_part_of_another_has_facts_or_a_reason(
    data: st.DataObject, language: str
) -> None:
    text, other = (data.draw(st.sampled_from(TEXTS[language])) for _ in range(2))
    at = data.draw(st.integers(0, len(text)))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(other))] * 2)))
    read(text[:at] + other[start:end] + text[at:], language)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_prose_and_blank_lines_change_nothing_but_lines(
    data: st.DataObject, language: str
) -> None:
    lines = TEXTS[language][0].splitlines(keepends=True)
    sign = "#" if language in HASHED else "//"
    prose = f"  {sign} This explains what comes next.\n"
    # Of bash every byte counts but full-line comments.
    added = st.just(prose) if language == "bash" else st.sampled_from([prose, "\n", " \n"])
    changed = list(lines)
    # In the first lines no comment is plain.
    for at in sorted(data.draw(st.sets(st.integers(3, len(lines)))), reverse=True):
        changed.insert(at, data.draw(added))
    assert unplaced("".join(changed), language) == unplaced("".join(lines), language)


def unplaced(text: str, language: str) -> Any:
    """The facts without the lines that they stand on."""
    return without_lines(msgspec.to_builtins(read(text, language)))


def without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: without_lines(one)
            for key, one in value.items()
            if key not in {"line", "lines"}
        }
    return (
        [without_lines(one) for one in value] if isinstance(value, list | tuple) else value
    )


def named_kinds(grammar: Grammar) -> Iterator[str]:
    """All names of kinds in a language's tables."""
    for name in KIND_TABLES:
        yield from getattr(grammar, name)
    for name in LAYOUT_TABLES:
        yield from getattr(grammar.layout, name)
    # A keyword may stand for a parameter; the engine finds only what has a name.
    yield from (kind for kind in grammar.parameters if kind != "params")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_in_the_tables_is_one_of_the_grammar(language: str) -> None:
    root = SgRoot("", language).root()
    for kind in named_kinds(GRAMMARS[language]):
        # The engine refuses a kind that its grammar does not have.
        assert root.find_all(kind=kind) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_is_read(language: str) -> None:
    found = read(TEXTS[language][0], language)
    assert found is not None
    assert found.units


@pytest.mark.parametrize(
    "text",
    [
        "a();" * (MOST + 1),
        "{" * 3000 + "}" * 3000,
        "x(function () {" * 2000 + "})" * 2000,
        "f = a => " * 2000 + "a",
        "a" + ".b()" * 5000,
        "(a = " * 2000 + "1" + ") => {}" * 2000,
        "const " + ", ".join(f"a{number} = () => 1" for number in range(3000)),
        "if (a) { b() } else " * 2000 + "{}",
        "x = {a: " * 2000 + "1" + "}" * 2000,
        "expect(" * 2000 + ")" * 2000,
        "a();\nb();\n// " + "c" * 300_000,
        "a();\nb();\n" + "// this is prose\n" * 5000,
        "a();\nb();\n/*" + " this is prose\n" * 5000 + "*/",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_long_or_deep_is_read_and_bounded(text: str) -> None:
    found = read(text, "javascript")
    assert found is not None
    assert len(found.units) <= MOST
