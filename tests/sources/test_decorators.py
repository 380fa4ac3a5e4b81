"""Decorators, annotations and attributes: they expose a definition, and are no part of its header."""

import pytest

from judgegate.model.facts import Unit
from judgegate.model.file_names import PYTHON
from judgegate.sources.syntax_facts import extract_facts
from tests.sources.python_reading import facts

PLACES = [
    ("python function", PYTHON, "%\ndef f(): a()", "f", "@d('x')"),
    ("python method", PYTHON, "class A:\n  %\n  def f(self): a()", "A.f", "@d"),
    ("python class", PYTHON, "%\nclass A(B): pass", "A", "@d"),
    ("typescript method", "typescript", "class A { % f() { a(); } }", "A.f", "@d('x')"),
    ("typescript class", "typescript", "% class A { f() {} }", "A", "@d"),
    ("typescript exported class", "typescript", "% export class A { f() {} }", "A", "@d()"),
    ("typescript field", "typescript", "class A { % f = 1; }", "A.f", "@d()"),
    ("typescript function in a field", "typescript", "class A { % f = () => { a(); } }", "A.f", "@d()"),
    ("javascript class", "javascript", "% class A { f() {} }", "A", "@d"),
    ("tsx method", "tsx", "class A { % f() { return <b/>; } }", "A.f", "@d"),
    ("java method", "java", "class A { % void f() { a(); } }", "A.f", "@D"),
    ("java method with words", "java", "class A { % public static void f() { a(); } }", "A.f", '@D(e = "x")'),
    ("java method behind words", "java", "class A { public % void f() { a(); } }", "A.f", "@D"),
    ("java class", "java", "% public class A {}", "A", "@D"),
    ("java interface", "java", "% interface A {}", "A", "@D @E"),
    ("java field", "java", "class A { % int f = 1; }", "A.f", "@D"),
    ("java enum", "java", "% enum A { B }", "A", "@D"),
    ("java record", "java", "% record A(int b) {}", "A", "@D"),
    ("csharp method", "csharp", "class A { % public void F() { a(); } }", "A.F", '[D("x")]'),
    ("csharp class", "csharp", "% class A {}", "A", "[D, E]"),
    ("csharp property", "csharp", "class A { % int F { get; set; } }", "A.F", "[D]"),
    ("kotlin function", "kotlin", "% fun f() { a() }\n", "f", '@D("x")'),
    ("kotlin private function", "kotlin", "% private fun f() { a() }\n", "f", "@D"),
    ("kotlin class", "kotlin", "% class A {\n  fun f() {}\n}\n", "A", "@D"),
    ("kotlin value", "kotlin", "class A {\n  % val f = 1\n}\n", "A.f", "@D"),
    ("php function", "php", "<?php b(); % function f() { a(); }", "f", "#[D('x')]"),
    ("php method", "php", "<?php class A { % public function f() { a(); } }", "A.f", "#[D]"),
    ("php class", "php", "<?php b(); % class A { public function f() { a(); } }", "A", "#[D, E]"),
    ("rust function", "rust", "% fn f() { a(); }", "f", '#[d("x")]'),
    ("rust public function", "rust", "% pub fn f() { a(); }", "f", "#[d] #[e]"),
    ("rust method", "rust", "impl A { % fn f() { a(); } }", "A.f", "#[d]"),
    ("rust struct", "rust", "% struct A { b: c }", "A", "#[d]"),
    ("rust constant", "rust", "% const A: b = 1;", "A", "#[d]"),
]  # fmt: skip
"""Texts with a place for a decorator, the unit that it is of, and a decorator."""


def unit(language: str, text: str, name: str) -> Unit:
    found = facts(text) if language == PYTHON else extract_facts(text, language, b"salt")
    return next(one for one in found.units if one.name == name)


def with_decorator(language: str, text: str, decorator: str) -> str:
    if language == PYTHON and not decorator:
        return text.replace("%\n", "")
    return text.replace("%", decorator)


@pytest.mark.parametrize(
    ("language", "text", "name", "decorator"),
    [pytest.param(*place[1:], id=place[0]) for place in PLACES],
)
def test_a_decorator_is_exposure_and_no_header(
    language: str, text: str, name: str, decorator: str
) -> None:
    plain, decorated, other = (
        unit(language, with_decorator(language, text, one), name)
        for one in ("", decorator, decorator.replace("d", "g").replace("D", "G"))
    )
    assert plain.header == decorated.header == other.header
    assert plain.body == decorated.body == other.body
    assert len({plain.exposure, decorated.exposure, other.exposure}) == 3


@pytest.mark.parametrize(
    ("language", "text", "name", "decorator"),
    [
        (PYTHON, "%\nclass A:\n  def f(self): a()", "A.f", "@d"),
        (PYTHON, "%\ndef g():\n  def f(): a()", "g.f", "@d"),
        ("typescript", "% class A { f() { a(); } }", "A.f", "@d"),
        ("typescript", "% export class A { f() { a(); } }", "A.f", "@d"),
        ("java", "% class A { void f() { a(); } }", "A.f", "@D"),
        ("java", "% public class A { void f() { a(); } }", "A.f", "@D"),
        ("csharp", "% class A { void F() { a(); } }", "A.F", "[D]"),
        ("kotlin", "% class A { fun f() { a() } }\n", "A.f", "@D"),
        ("php", "<?php % class A { function f() { a(); } }", "A.f", "#[D]"),
        ("rust", "% mod a { fn f() { b(); } }", "a.f", "#[d]"),
    ],
)
def test_a_decorator_exposes_what_is_inside(
    language: str, text: str, name: str, decorator: str
) -> None:
    plain, decorated = (
        unit(language, with_decorator(language, text, one), name) for one in ("", decorator)
    )
    assert plain.exposure != decorated.exposure
    assert (plain.header, plain.body) == (decorated.header, decorated.body)


@pytest.mark.parametrize(
    ("language", "text", "name", "decorator"),
    [
        ("typescript", "class A { f(% a) { b(); } }", "A.f", "@d()"),
        ("java", "class A { void f(% int a) { b(); } }", "A.f", "@D"),
        ("csharp", "class A { void F(% int a) { b(); } }", "A.F", "[D]"),
        ("kotlin", "fun f(% a: Int) { b() }\n", "f", "@D"),
        ("php", "<?php function f(% $a) { b(); }", "f", "#[D]"),
    ],
)
def test_what_decorates_a_parameter_is_of_the_header(
    language: str, text: str, name: str, decorator: str
) -> None:
    plain, decorated = (
        unit(language, text.replace("%", one), name) for one in ("", decorator)
    )
    assert plain.header != decorated.header


@pytest.mark.parametrize(
    ("language", "before", "after", "name"),
    [
        ("typescript", "class A { private f() {} }", "class A { f() {} }", "A.f"),
        ("java", "class A { private void f() {} }", "class A { public void f() {} }", "A.f"),
        ("csharp", "class A { static void F() {} }", "class A { void F() {} }", "A.F"),
        ("kotlin", "private fun f() {}\n", "fun f() {}\n", "f"),
        ("php", "<?php class A { private function f() {} }", "<?php class A { public function f() {} }", "A.f"),
        ("rust", "pub fn f() {}", "fn f() {}", "f"),
    ],
)  # fmt: skip
def test_words_before_a_name_are_of_the_header(
    language: str, before: str, after: str, name: str
) -> None:
    one, other = unit(language, before, name), unit(language, after, name)
    assert one.header != other.header
    assert one.exposure == other.exposure


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("rust", "#[d] const A: b = 1; fn f() { a(); }", ("A", "f")),
        ("rust", "enum A { #[d] B, C }", ("A.B", "A.C")),
        ("typescript", "class A { @d() f = 1; g() { a(); } }", ("A.f", "A.g")),
        ("java", "class A { @D int f; void g() {} }", ("A.f", "A.g")),
    ],
)
def test_a_decorator_is_of_one_unit_alone(
    language: str, text: str, names: tuple[str, str]
) -> None:
    decorator = "#[d]" if language == "rust" else "@d()" if "@d()" in text else "@D"
    plain = text.replace(decorator, "")
    is_other = [unit(language, text, name) != unit(language, plain, name) for name in names]
    assert is_other == [True, False]


def test_a_decorator_with_code_in_it_is_hashed_once() -> None:
    text = "class A { @d(() => { b(); c(); }) f() { a(); } }"
    other = text.replace("c();", "e();")
    one, changed = (unit("typescript", each, "A.f") for each in (text, other))
    assert one.header == changed.header
    assert one.exposure != changed.exposure


def test_many_decorators_take_no_longer_than_one_by_one() -> None:
    text = "#[d]\n" * 3000 + "fn f() { a(); }"
    assert unit("rust", text, "f").lines.start == 1
