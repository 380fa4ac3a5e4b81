"""Facts of languages that are no Python: what each text is made of."""

import pytest

from judgegate.model.facts import (
    FileFacts,
    GuardForm,
    Parameter,
    ParameterKind,
    UnitKind,
)
from judgegate.sources.syntax_facts import extract_facts
from judgegate.sources.text import Unreadable


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
        (
            "java",
            "class A { A(int b) {} void c() {} }",
            ["class A", "method A.A", "method A.c"],
        ),
        (
            "java",
            "record A(int b) {} enum C { D } @interface E {}",
            ["class A", "class C", "class E"],
        ),
        ("java", "class A { B c = d -> { e(); }; }", ["class A", "method A.c"]),
        (
            "csharp",
            "namespace N.M { class A { void B() {} } }",
            ["class N.M", "class N.M.A", "method N.M.A.B"],
        ),
        (
            "csharp",
            "class A { void B() { int C() => 1; } }",
            ["class A", "method A.B", "function A.B.C"],
        ),
        (
            "kotlin",
            "class A { fun b() {} }\nfun c() = 1",
            ["class A", "method A.b", "function c"],
        ),
        ("kotlin", 'fun a() { it("b") { c() } }', ["function a", 'function a.it("b")']),
        (
            "php",
            "<?php class A { function b() {} } function c() {}",
            ["class A", "method A.b", "function c"],
        ),
        ("php", "<?php R::get('/x', function () { a(); });", ['function R.get("/x")']),
        (
            "rust",
            "struct A; impl B for A { fn c() {} } fn d() {}",
            ["class A", "class A", "method A.c", "function d"],
        ),
        ("rust", "mod a { fn b() {} }", ["class a", "function a.b"]),
        (
            "ruby",
            "module A\n  class B\n    def c; end\n    def self.d; end\n  end\nend",
            ["class A", "class A.B", "method A.B.c", "method A.B.d"],
        ),
        (
            "ruby",
            "describe 'a' do\n  it 'b' do\n    c\n  end\nend",
            ['function describe("a")', 'function describe("a").it("b")'],
        ),
        (
            "c",
            "static char *a(int b) { return c; } struct d { int e; };",
            ["function a", "class d"],
        ),
        ("c", "struct a b; struct a *c(void) { return d; }", ["function c"]),
        ("c", "#ifdef A\nint b(void) { return 1; }\n#endif\n", ["function b"]),
        (
            "cpp",
            "namespace a { class B { void c() {} }; } void a::B::d() {}",
            ["class a", "class a.B", "method a.B.c", "function a.B.d"],
        ),
        (
            "cpp",
            "template <typename T> T a(T b) { auto c = [](int d) { e(); }; }",
            ["function a", "function a.c"],
        ),
        ("bash", "a() { b; }\nfunction c { d; }", ["function a", "function c"]),
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
        ("javascript", "import {exec} from 'child_process'; const e = promisify(exec); e(a);",
         ["child_process.exec", "promisify"]),
        ("javascript", "const e = cp.exec.bind(cp); e(a); cp.spawn.call(cp, a);",
         ["cp.exec", "cp.exec.bind", "cp.spawn"]),
        ("javascript", "import {e} from 'm'; function f(e) { e(); }", ["e"]),
        ("javascript", "function f() { const e = eval; e(a); }", ["eval"]),
        ("javascript", "a?.b?.c(d); new E.F(); g`x`; (h)();", ["E.F", "a.b.c", "g", "h"]),
        ("javascript", "a[b].c(); a().d();", ["a", "a().d", "a.*.c"]),
        ("typescript", "(a as any).b(); c!.d<E>();", ["a.b", "c.d"]),
        ("go", 'package a\nimport e "os/exec"\nvar x = e.Command("a")', ["os/exec.Command"]),
        ("go", 'package a\nimport "os/exec"\nfunc f() { r := exec.Command; r("a") }', ["os/exec.Command"]),
        ("go", 'package a\nimport "gopkg.in/yaml.v3"\nvar x = yaml.A()', ["gopkg.in/yaml.v3.A"]),
        ("go", 'package a\nimport "a.b/c/v2"\nvar x = c.D()', ["a.b/c/v2.D"]),
        ("java", "import a.B; class C { void d() { B.e(); new B(); f().g(); } }", ["a.B", "a.B.e", "f", "f().g"]),
        ("java", "import static a.B.c; class D { Object e = c(); }", ["a.B.c"]),
        ("java", "class A { void b() { var r = Runtime.getRuntime(); r.exec(c); } }", ["Runtime.getRuntime", "r.exec"]),
        ("csharp", "using D = A.B; class C { void E() { D.F(); new D.G(); await H(); } }", ["A.B.F", "A.B.G", "H"]),
        ("kotlin", "import a.B as C\nfun d() { C.e(); B().f { g() } }", ["B", "B().f", "a.B.e", "g"]),
        ("php", "<?php use A\\B as C; C::d(); new C(); \\e(); $f->g(); $h = 'i'; $h();", ["$f.g", "$h", "A.B", "A.B.d", "e"]),
        ("rust", "use a::{b::C, d as e}; fn f() { C::new(g)?.h(); e(); i!(j); let k = a::l; k(m); }",
         ["a.b.C.new", "a.b.C.new().h", "a.d", "a.l", "i"]),
        ("ruby", "require 'a'\nB::C.d(e)\nf g\nh.i { j(k) }", ["B.C.d", "f", "h.i", "j", "require"]),
        ("c", "void a(void) { b(c); d->e(f); int (*g)(int) = h; g(1); }", ["b", "d.e", "g"]),
        ("cpp", "void a() { std::b(c); auto d = std::e; d(f); new G(); h<i>(j); }", ["G", "h", "std.b", "std.e"]),
        ("bash", 'A=1 ./b.sh c | d\n$e f\ng "$(h)"', ["$e", "./b.sh", "d", "g", "h"]),
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
            "javascript",
            "function f(a) {} const b = 1, c = 2; export {f, b as d};",
            ["f(a)", "b()"],
        ),
        (
            "typescript",
            "export class A { b(c?: d) {} private e() {} #f() {} }",
            ["A()", "A.b(c=)"],
        ),
        ("typescript", "class A { b() {} } export abstract class C {}", ["C()"]),
        ("go", "package a\nfunc F(a, b int, c ...string) {}\nfunc g() {}", ["F(a, b, *c)"]),
        ("go", "package a\nvar A = 1\nvar b = 2\ntype T int", ["A()", "T()"]),
        (
            "java",
            "public class A { public int b(int c, int... d) {} void e() {} }",
            ["A()", "A.b(c, *d)"],
        ),
        (
            "csharp",
            "namespace N { public class A { public int B(int c, int d = 1) {} void E() {} } }",
            ["N.A()", "N.A.B(c, d=)"],
        ),
        ("kotlin", "fun a(b: Int) {}\nprivate fun c() {}", ["a(b)"]),
        (
            "php",
            "<?php class A { function b($c, $d = 1, ...$e) {} private function f() {} }",
            ["A()", "A.b(c, d=, *e)"],
        ),
        (
            "rust",
            "pub fn a(b: i32) {} fn c() {} pub struct D; impl D { pub fn e(&self) {} fn f() {} }",
            ["a(b)", "D()", "D.e(self)"],
        ),
        ("rust", "pub(crate) fn a() {}", []),
        (
            "c",
            "int a(int b, ...) { return 1; } static int c(void) { return 1; }",
            ["a(b, *)"],
        ),
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
        ("java", "class A { void b() { assertEquals(c, d); Assert.fail(); assert e; } }", ["assertEquals", "Assert.fail", "assert_statement"]),
        ("csharp", "class A { void B() { Assert.Equal(c, d); e.Should().Be(f); } }", ["Assert.Equal", "e.Should().Be"]),
        ("kotlin", "fun a() { assertEquals(b, c); d.shouldBe(e) }", ["assertEquals", "d.shouldBe"]),
        ("kotlin", "fun a() { check(b); requireNotNull(c); checkOut(d) }", ["check", "requireNotNull"]),
        ("php", "<?php $this->assertSame($a, $b); self::assertTrue($c); expect($d)->toBe($e);",
         ["$this.assertSame", "self.assertTrue", "expect().toBe"]),
        ("rust", "fn a() { assert!(b); assert_eq!(c, d); }", ["assert", "assert_eq"]),
        ("ruby", "assert_equal a, b\nexpect(c).to eq(d)\ne.must_equal f", ["assert_equal", "expect().to", "e.must_equal"]),
        ("c", "void a(void) { assert(b); TEST_ASSERT_EQUAL(c, d); }", ["assert", "TEST_ASSERT_EQUAL"]),
        ("cpp", "void a() { EXPECT_EQ(b, c); REQUIRE(d); }", ["EXPECT_EQ", "REQUIRE"]),
    ],
)  # fmt: skip
def test_assertions_are_found(language: str, text: str, expected: list[str]) -> None:
    assert [one.name for one in facts(text, language).assertions] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "function f() { if (a) return; b = 1; }", [GuardForm.CLAUSE]),
        ("javascript", "function f() { if (a) { b = 1; throw c; } }", [GuardForm.CLAUSE]),
        ("javascript", "function f() { if (a) { return; } else { b = 1; } }", [GuardForm.CLAUSE]),
        ("javascript", "function f() { if (a) { b = 1; } else { return; } }", []),
        ("javascript", "function f() { if (a) { if (b) { return; } c = 1; } }", [GuardForm.CLAUSE]),
        ("javascript", "try { a = 1; } catch (e) { b = 1; }", [GuardForm.HANDLER]),
        ("javascript", "check(a); await b(); c = d();", [GuardForm.CALL, GuardForm.CALL]),
        ("go", "package a\nfunc f() { if err != nil { return err } }", [GuardForm.CLAUSE]),
        ("java", "class A { void b() { if (c) throw d; synchronized (e) { f = 1; } } }", [GuardForm.CLAUSE, GuardForm.BLOCK]),
        ("java", "class A { void b() { try (var c = d()) { } catch (E e) { } } }", [GuardForm.HANDLER, GuardForm.BLOCK]),
        ("csharp", "class A { void B() { if (c) { return; } using (var d = e) { } lock (f) { } } }",
         [GuardForm.CLAUSE, GuardForm.BLOCK, GuardForm.BLOCK]),
        ("kotlin", "fun a() { if (b) return\n try { c = 1 } catch (d: E) { } }", [GuardForm.CLAUSE, GuardForm.HANDLER]),
        ("php", "<?php if ($a) { throw new B(); } try { } catch (C $d) { } check($e);",
         [GuardForm.CLAUSE, GuardForm.HANDLER, GuardForm.CALL]),
        ("rust", "fn a() { if b { return; } check(c)?; }", [GuardForm.CLAUSE, GuardForm.CALL]),
        ("rust", "fn a() { b(|c| d(c)); e() }", [GuardForm.CALL]),
        ("ruby", "def a\n  return if b\n  raise c unless d\n  if e\n    redirect_to f\n    return\n  end\nend",
         [GuardForm.CLAUSE, GuardForm.CLAUSE, GuardForm.CALL, GuardForm.CLAUSE]),
        ("c", "int a(int b) { if (!b) return 1; if (c) { exit(1); } }", [GuardForm.CLAUSE, GuardForm.CALL, GuardForm.CLAUSE]),
        ("cpp", "void a() { if (b) { throw c; } try { } catch (const D &e) { } }", [GuardForm.CLAUSE, GuardForm.HANDLER]),
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


def test_blank_lines_around_a_definition_are_not_its_own() -> None:
    one, other = (
        facts(f"a\n{between}f() {{\n  b\n}}\n", "bash").units[1] for between in ("", "\n\n")
    )
    assert (one.header, one.body, one.exposure) == (
        other.header,
        other.body,
        other.exposure,
    )


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
        ("java", "import a.*;", ("star import",)),
        ("csharp", "using A;", ()),
        ("csharp", "using static A;", ("star import",)),
        ("kotlin", "import a.*\n", ("star import",)),
        ("rust", "use a::*;", ("star import",)),
        ("cpp", "using namespace std;", ("star import",)),
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
