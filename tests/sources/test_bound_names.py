"""Which names a unit binds, and that what is one name is one, however it is written."""

import pytest

from judgegate.model.facts import LONGEST_NAME, MOST_IN_UNITS, FileFacts, Unit, UnitKind
from judgegate.model.file_names import PYTHON
from judgegate.sources import fact_bounds
from judgegate.sources.fact_bounds import FactBounds
from judgegate.sources.syntax_facts import extract_facts
from tests.sources.python_reading import facts


def facts_in(language: str, text: str) -> FileFacts:
    return facts(text) if language == PYTHON else extract_facts(text, language, b"salt")


def bound_in(language: str, text: str) -> set[str]:
    units = facts_in(language, text).units
    return {name for unit in units for name in unit.binds}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, (b, *c) = d.e = f()", "a b c d.e"),
        ("a[b], c = d", "c"),
        ("a().b = c", "a().b"),
        ("a: int = 1", "a"),
        ("a += 1", "a"),
        ("(a := 1)", "a"),
        ("import a, b.c, d.e as f", "a b f"),
        ("from a import b, c as d", "b d"),
        ("from a import *", ""),
        ("for a, b in c: pass", "a b"),
        ("with a as (b, c), d: pass", "b c"),
        ("del a, b.c, d[0]", "a b.c"),
        ("if a: b = c", "b"),
        ("class A:\n  b, c = d", "A.b A.c"),
        ("def f(): a = b", ""),
        ("def f():\n  global a, b\n  a = 1", "a b"),
        ("class A:\n  def f(self):\n    global a\n    import a", "a"),
        ("def f():\n  a = 1\n  def g():\n    nonlocal a\n    a = 2", ""),
        ("a()", ""),
        (f"{'a' * 300} = 1", "a" * LONGEST_NAME),
    ],
)
def test_what_is_bound_in_python(text: str, expected: str) -> None:
    assert bound_in(PYTHON, text) == set(expected.split())


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "const [a, b] = c();", "a b"),
        ("javascript", "let {a, b: c} = d;", "a c"),
        ("javascript", "var a = 1, b = c;", "a b"),
        ("javascript", "import a, {b, c as d} from 'e';", "a b d"),
        ("javascript", "import * as a from 'b';", "a"),
        ("javascript", "exports.a = b;", "exports.a"),
        ("javascript", "function f() { a = 1; }", ""),
        ("typescript", "class A { b = (c = 1); }", "A.c"),
        ("go", "package a\nvar (\n b = 1\n c = 2\n)", "b c"),
        ("java", "class A { int b = 1, c = 2; }", "A.b A.c"),
        ("ruby", "a, b = 1, 2", "a b"),
        ("c", "int a = 1, b = 2;", "a b"),
    ],
)
def test_what_is_bound_elsewhere(language: str, text: str, expected: str) -> None:
    assert bound_in(language, text) == set(expected.split())


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("javascript", r"function p\u0069ng() {}", "ping"),
        ("javascript", r"function p\u{69}ng() {}", "ping"),
        ("javascript", "class A { 'ping'() {} }", "A.ping"),
        ("javascript", r"class A { 'p\u0069ng'() {} }", "A.ping"),
        ("javascript", "class A { 'a-b'() {} }", "A.'a-b'"),
        ("javascript", r"class A { 'a\u0000b'() {} }", "A.''"),
        ("javascript", "const a = {'b': () => 1};", "a.b"),
        ("kotlin", "fun `ping`() {}", "ping"),
        ("rust", "fn r#ping() {}", "ping"),
        ("csharp", "class A { void @Ping() {} }", "A.Ping"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(
    language: str, text: str, name: str
) -> None:
    units = facts_in(language, text).units
    assert name in [unit.name for unit in units if unit.kind is not UnitKind.STATEMENT]


@pytest.mark.parametrize(
    ("language", "before", "text"),
    [
        ("php", "<?php\n{}", "function run($c) { return 1; }"),
        ("ruby", "{}", "[1].each { |x| run(x) }"),
        ("javascript", "{}", "(function () { run(); })();"),
    ],
)
def test_the_first_unit_of_a_file_has_the_form_that_it_has_elsewhere(
    language: str, before: str, text: str
) -> None:
    first, later = (
        facts_in(language, before.format(more) + text).units[-1]
        for more in ("", "$a = 1;\n" if language == "php" else "a = 1;\n")
    )
    assert (first.header, first.body) == (later.header, later.body)


def names_in(units: tuple[Unit, ...]) -> int:
    return sum(len((*one.statements, *one.calls, *one.binds)) for one in units)


@pytest.mark.parametrize(
    ("language", "opening", "closing"),
    [
        ("javascript", "function f{0}() {{\nx{0}();\n", "}\n"),
        ("javascript", "f{0}('a', function () {{\n", "});\n"),
    ],
)
def test_functions_in_functions_do_not_multiply_what_is_kept(
    language: str, opening: str, closing: str
) -> None:
    deep = 1_000
    text = "".join(map(opening.format, range(deep))) + closing * deep
    found = facts_in(language, text)
    assert found.cut
    assert len(found.units) >= deep
    assert names_in(found.units) <= MOST_IN_UNITS


def test_units_beyond_the_bound_are_there_and_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    units = facts("def f(): a(); b()\ndef g(): a(); b()").units
    assert [names_in((one,)) for one in units] == [4, 4]
    monkeypatch.setattr(fact_bounds, "MOST_IN_UNITS", 7)
    bounds = FactBounds()
    kept = bounds.of_units(units)
    assert bounds.cut
    assert [names_in((one,)) for one in kept] == [4, 0]
    assert [one.body for one in kept] == [one.body for one in units]
