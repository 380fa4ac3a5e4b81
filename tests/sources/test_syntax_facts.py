"""Facts of languages that are no Python: what each text is made of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model import codec
from judgegate.model.facts import (
    MOST,
    FileFacts,
    GuardForm,
    Parameter,
    ParameterKind,
    UnitKind,
)
from judgegate.sources.grammars import GRAMMARS
from judgegate.sources.syntax_facts import extract_facts
from judgegate.sources.text import Unreadable
from tests.sources.form_pairs import pairs_of


def facts(text: str, language: str = "javascript") -> FileFacts:
    return extract_facts(text, language, b"salt")


def definitions(found: FileFacts) -> list[tuple[str, str]]:
    return [
        (unit.kind.value, unit.name)
        for unit in found.units
        if unit.kind is not UnitKind.STATEMENT
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "function f() {}", ["function f"]),
        ("javascript", "export default function f() {}", ["function f"]),
        ("javascript", "const f = () => 1;", ["function f"]),
        ("javascript", "const f = () => 1, g = () => 2;", ["function f", "function g"]),
        ("javascript", "exports.f = function () {};", ["function exports.f"]),
        (
            "javascript",
            "const a = {f: function () {}, g() {}};",
            ["function a.f", "method a.g"],
        ),
        ("javascript", "app.get('/x', a, (b) => {});", ['function app.get("/x")']),
        (
            "javascript",
            "describe('a', () => { it('b', () => {}); });",
            ['function describe("a")', 'function describe("a").it("b")'],
        ),
        ("javascript", "(() => {})();", ["function <function>"]),
        ("javascript", "a.map(b => b.c);", []),
        (
            "javascript",
            "class A { b() {} static c = () => {}; get d() { return 1 } }",
            ["class A", "method A.b", "method A.c", "method A.d"],
        ),
        ("typescript", "interface A { b(): void }", ["class A"]),
        (
            "typescript",
            "namespace A { export function b() {} }",
            ["class A", "function A.b"],
        ),
        ("typescript", "@D() export class A {}", ["class A"]),
        (
            "tsx",
            "const A = () => <b onClick={() => { c(); }} />;",
            ["function A", "function A.A"],
        ),
        ("go", "package a\nfunc f() {}", ["function f"]),
        ("go", "package a\nfunc (t *T[K]) f() {}", ["method T.f"]),
        ("go", "package a\ntype T struct { A int }", ["class T"]),
        (
            "go",
            'package a\nfunc f() { h.HandleFunc("/x", func() {}) }',
            ["function f", 'function f.h.HandleFunc("/x")'],
        ),
    ],
)
def test_definitions_have_kinds_and_names(
    language: str, text: str, expected: list[str]
) -> None:
    assert [" ".join(one) for one in definitions(facts(text, language))] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "import {exec as e} from 'child_process'; e(a);", ["child_process.exec"]),
        ("javascript", "import cp from 'node:child_process'; cp.exec(a);", ["child_process.exec"]),
        ("javascript", "import * as cp from 'child_process'; cp.exec(a);", ["child_process.exec"]),
        ("javascript", "const {exec: e} = require('child_process'); e(a);", ["child_process.exec", "require"]),
        ("javascript", "const cp = require('child_process'); cp['exec'](a);", ["child_process.exec", "require"]),
        ("javascript", "require('child_process').exec(a);", ["child_process.exec", "require"]),
        ("javascript", "import cp from 'child_process'; const e = cp.exec; e(a);", ["child_process.exec"]),
        ("javascript", "e(a); var e = cp.exec; e = other;", ["cp.exec", "other"]),
        ("javascript", "import {e} from 'm'; function f(e) { e(); }", ["e"]),
        ("javascript", "function f() { const e = eval; e(a); }", ["eval"]),
        ("javascript", "a?.b?.c(d); new E.F(); g`x`; (h)();", ["E.F", "a.b.c", "g", "h"]),
        ("javascript", "a[b].c(); a().d();", ["a", "a().d", "a.*.c"]),
        ("typescript", "(a as any).b(); c!.d<E>();", ["a.b", "c.d"]),
        ("go", 'package a\nimport e "os/exec"\nvar x = e.Command("a")', ["os/exec.Command"]),
        ("go", 'package a\nimport "os/exec"\nfunc f() { r := exec.Command; r("a") }', ["os/exec.Command"]),
        ("go", 'package a\nimport "gopkg.in/yaml.v3"\nvar x = yaml.A()', ["gopkg.in/yaml.v3.A"]),
        ("go", 'package a\nimport "a.b/c/v2"\nvar x = c.D()', ["a.b/c/v2.D"]),
    ],
)  # fmt: skip
def test_calls_are_resolved(language: str, text: str, expected: list[str]) -> None:
    found = facts(text, language)
    assert sorted({call for unit in found.units for call in unit.calls}) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "export function f(a, b = 1, ...c) {}", ["f(a, b=, *c)"]),
        ("javascript", "export const f = a => a;", ["f(a)"]),
        ("javascript", "export const A = 1; const B = 2;", ["A()"]),
        ("javascript", "exports.f = (a) => {}; const g = () => {};", ["exports.f(a)"]),
        (
            "typescript",
            "export class A { b(c?: d) {} private e() {} #f() {} }",
            ["A()", "A.b(c=)"],
        ),
        ("typescript", "class A { b() {} } export abstract class C {}", ["C()"]),
        ("go", "package a\nfunc F(a, b int, c ...string) {}\nfunc g() {}", ["F(a, b, *c)"]),
        ("go", "package a\nvar A = 1\nvar b = 2\ntype T int", ["A()", "T()"]),
    ],
)
def test_signatures_are_what_others_can_use(
    language: str, text: str, expected: list[str]
) -> None:
    signatures = facts(text, language).signatures
    assert [
        f"{one.name}({', '.join(map(shown, one.parameters))})" for one in signatures
    ] == expected


def shown(parameter: Parameter) -> str:
    if parameter.kind is ParameterKind.MANY:
        return f"*{parameter.name}"
    return parameter.name if parameter.required else f"{parameter.name}="


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "expect(a).toBe(b);", ["expect().toBe"]),
        ("javascript", "await expect(a).rejects.toThrow();", ["expect().rejects.toThrow"]),
        ("javascript", "expect(a).to.be.true;", ["expect().to.be.true"]),
        ("javascript", "assert(a); assert.equal(a, b); console.assert(a);", ["assert", "assert.equal", "console.assert"]),
        ("javascript", "f(expect(a).b());", ["expect().b"]),
        ("javascript", "expected(a);", []),
        ("go", "package a\nfunc f() { assert.Equal(t, a, b); t.Fatalf(a); f.Close() }", ["assert.Equal", "t.Fatalf"]),
    ],
)  # fmt: skip
def test_assertions_are_found(language: str, text: str, expected: list[str]) -> None:
    assert [one.name for one in facts(text, language).assertions] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "function f() { if (a) return; b = 1; }", [GuardForm.CLAUSE]),
        ("javascript", "function f() { if (a) { b = 1; throw c; } }", [GuardForm.CLAUSE]),
        ("javascript", "function f() { if (a) { return; } else { b = 1; } }", []),
        ("javascript", "function f() { if (a) { if (b) { return; } c = 1; } }", [GuardForm.CLAUSE]),
        ("javascript", "try { a = 1; } catch (e) { b = 1; }", [GuardForm.HANDLER]),
        ("javascript", "check(a); await b(); c = d();", [GuardForm.CALL, GuardForm.CALL]),
        ("go", "package a\nfunc f() { if err != nil { return err } }", [GuardForm.CLAUSE]),
        ("go", "package a\nfunc f() { check(b); defer c.Close(); x := d() }", [GuardForm.CALL, GuardForm.CALL]),
    ],
)  # fmt: skip
def test_guards_are_found(language: str, text: str, expected: list[GuardForm]) -> None:
    assert [one.form for one in facts(text, language).guards] == expected


def test_a_guard_is_known_by_its_condition() -> None:
    [one, other] = facts("if (a) { return } if (a) { throw b }").guards
    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("function f() { a(); }", "function g() { a(); }", "header body exposure"),
        ("function f() { a(); }", "function f() { b(); }", "header exposure"),
        ("function f() { a(); }", "function f(c) { a(); }", "body exposure"),
        ("function f() { a(); }", "export function f() { a(); }", "body exposure"),
        ("if (a) { function f() {} }", "if (b) { function f() {} }", "header body"),
        ("if (a) { function f() {} } else {}", "if (a) {} else { function f() {} }", "header body"),
        ("r('/a', x, () => { b(); });", "r('/a', y, () => { b(); });", "header body"),
        ("r('/a', () => { b(); });", "r('/a', () => { c(); });", "header exposure"),
        ("class A { f() {} }", "class A extends B { f() {} }", "header body"),
        ("class A { f() {} }", "class A { f() {} g() {} }", "header body exposure"),
        ("const f = () => a;", "const f = () => b;", "header exposure"),
        ("const f = () => a;", "const g = () => a;", "header body exposure"),
    ],
)  # fmt: skip
def test_each_part_of_a_unit_has_its_own_digest(before: str, after: str, same: str) -> None:
    one, other = (
        next(unit for unit in facts(text).units[::-1] if unit.name[-1] in "fg)")
        for text in (before, after)
    )
    parts = ("header", "body", "exposure")
    assert [
        part for part in parts if getattr(one, part) == getattr(other, part)
    ] == same.split()


def test_a_decorator_exposes_what_it_decorates() -> None:
    plain, decorated = (
        facts(f"class A {{ {decorator} f() {{}} }}", "typescript").units[1]
        for decorator in ("", "@Public()\n")
    )
    assert plain.exposure != decorated.exposure
    assert plain.header == decorated.header
    assert decorated.lines.start == 1


def test_statements_count_without_their_blocks() -> None:
    [unit] = facts("function f() { if (a) { b(); c(); } d(); }").units
    [other] = facts("function f() { if (a) { c(); } d(); }").units
    assert [one.tokens for one in unit.statements] == [3, 3, 4, 3]
    assert set(other.statements) < set(unit.statements)


def test_functions_in_functions_are_units_and_count_for_the_outer_one() -> None:
    outer, inner = facts("function f() { function g() { a(); } return g; }").units
    assert (outer.name, inner.name) == ("f", "f.g")
    assert outer.calls == inner.calls == ("a",)
    assert len(outer.statements) == 3


@pytest.mark.parametrize(
    ("text", "arity"),
    [
        ("function f() {}", 0),
        ("function f(a, b = 1) {}", 2),
        ("function f(a, ...b) {}", None),
    ],
)
def test_overloads_differ_in_arity(text: str, arity: int | None) -> None:
    assert facts(text).units[0].arity == arity


def test_a_block_of_four_statements_is_known_wherever_it_stands() -> None:
    body = "; ".join(f"{name}(a, b, c, d)" for name in "efgh")
    found = facts(f"function f() {{ {body} }} if (x) {{ {body} }} function g() {{ e() }}")
    assert len(found.blocks) == 2
    assert len({block.digest for block in found.blocks}) == 1


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "import a from 'm'; a.b = c;", ("module attribute",)),
        ("javascript", "import a from 'm'; function f(a) { a.b = c; }", ()),
        ("go", 'package a\nimport . "m"', ("star import",)),
        ("javascript", "export * from 'm';", ("star import",)),
    ],
)
def test_what_makes_names_unreliable_is_said(
    language: str, text: str, expected: tuple[str, ...]
) -> None:
    assert facts(text, language).dynamic == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = = b;", "line 1 is not valid javascript"),
        ("a();\nb(", "line 2"),
        ("a = {b: };", "line 1: a token is missing"),
        ("a\0b", "control character"),
        ("a('\ud800')", "part of a character"),
    ],
)
def test_what_is_not_valid_is_not_read(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        facts(text)


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
    ],
    ids=len,
)
def test_what_is_long_or_deep_is_read_and_bounded(text: str) -> None:
    found = facts(text)
    assert len(found.units) <= MOST


LANGUAGES = st.sampled_from(sorted(GRAMMARS))
PAIRS = {language: list(pairs_of(language)) for language in GRAMMARS}
SIGNS = "abf1(){}[];,.:=><+-*/\\\"'`$#@!?&| \n\t\r"


@settings(deadline=None)
@given(language=LANGUAGES, text=st.text() | st.text(alphabet=SIGNS, max_size=60))
def test_any_text_has_facts_or_a_reason(language: str, text: str) -> None:
    assert_read_or_refused(text, language)


@settings(deadline=None)
@given(data=st.data(), language=LANGUAGES)
def test_a_part_of_a_text_has_facts_or_a_reason(data: st.DataObject, language: str) -> None:
    text = data.draw(st.sampled_from(PAIRS[language])).first
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    assert_read_or_refused(text[start:end], language)


def assert_read_or_refused(text: str, language: str) -> None:
    try:
        found = facts(text, language)
    except Unreadable:
        return
    assert codec.decode(FileFacts, codec.encode(found)) == found
