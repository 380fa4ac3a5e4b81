"""What statements outside of every function are called, and that no name holds a secret."""

import pytest

from judgegate.model.facts import LONGEST_NAME, Unit, UnitKind
from judgegate.model.file_names import PYTHON
from judgegate.sources.calls_as_names import called, is_plain
from judgegate.sources.syntax_facts import extract_facts
from tests.sources.python_reading import facts


def units(language: str, text: str) -> tuple[Unit, ...]:
    found = facts(text) if language == PYTHON else extract_facts(text, language, b"salt")
    return found.units


def names(language: str, text: str) -> list[str]:
    return [one.name for one in units(language, text) if one.kind is UnitKind.STATEMENT]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CMD = 'x'", ["CMD"]),
        ("a = b = c", ["a"]),
        ("a, b = c", ["a"]),
        ("*a, b = c", ["a"]),
        ("[(a, b), c] = d", ["a"]),
        ("() = a", ["assignment"]),
        ("a.b = c", ["a.b"]),
        ("a.b['key'] = c", ["a.b"]),
        ("a()[b] = c", ["a()"]),
        ("'a'.b = c", ["assignment"]),
        ("a: int = 1", ["a"]),
        ("a: int", ["a"]),
        ("a += 1", ["a"]),
        ("(a := b())", ["a"]),
        ("import os.path as p, sys", ["p"]),
        ("import os.path", ["os"]),
        ("from a import b as c, d", ["c"]),
        ("from a import *", ["import"]),
        ("main()", ["main()"]),
        ("await a.b('word')", ['a.b("word")']),
        ("app.add_url_rule('/x', view)", ['app.add_url_rule("/x")']),
        ("a(b, 'word')", ['a("word")']),
        ("a(b='word')", ["a()"]),
        ("a(f'word')", ["a()"]),
        ("a('x').b('word')", ['a().b("word")']),
        ("a[0].b()", ["a.*.b()"]),
        ("(lambda: a)()", ["expression"]),
        ("'''text'''", ["expression"]),
        ("a", ["expression"]),
        ("for a in b: c()", ["for", "c()"]),
        ("while a: pass", ["while", "pass"]),
        ("with a() as b: c = d", ["with", "c"]),
        ("try: pass\nexcept A: a()", ["try", "pass", "a()"]),
        ("try: pass\nexcept* A: a()", ["try", "pass", "a()"]),
        ("if a: b()\nelse: c()", ["if", "b()", "c()"]),
        ("match a:\n  case b: c()", ["match", "c()"]),
        ("assert a('x')", ["assert"]),
        ("raise A('x')", ["raise"]),
        ("del a", ["del"]),
        ("class Settings:\n  DEBUG = a\n  class In:\n    b()", ["Settings.DEBUG", "Settings.In.b()"]),
    ],
)  # fmt: skip
def test_python_statements_are_named(text: str, expected: list[str]) -> None:
    assert names(PYTHON, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "const a = 1, b = 2;", ["a"]),
        ("javascript", "let {a: {b}, c} = d;", ["a"]),
        ("javascript", "[, a] = b;", ["a"]),
        ("javascript", "({ a } = b);", ["a"]),
        ("javascript", "export const a = 1;", ["a"]),
        ("javascript", "export {a}; export * from 'b'; export default {};", ["export"] * 3),
        ("javascript", "import a, {b as c} from 'd'; import {b as c} from 'd'; import 'd';", ["a", "c", "import"]),
        ("javascript", "module.exports = {a}; a['b'] = c; a += 1;", ["module.exports", "a", "a"]),
        ("javascript", "a.b('word', () => { c(); }); new A('word'); await d();", ['a.b("word")', 'A("word")', "d()"]),
        ("javascript", "a('x').b('word'); $(c).d();", ['a().b("word")', "$().d()"]),
        ("javascript", "(() => { a(); })(); 'use strict'; delete a.b;", ["expression"] * 3),
        ("javascript", "if (a) b(); for (const a of b) { c(); }", ["if", "for_in", "c()"]),
        ("javascript", "try { a(); } catch (e) { b(); }", ["try", "a()", "b()"]),
        ("javascript", "class A { b = 1; static c; }", ["A.b", "A.c"]),
        ("typescript", "type A = b; declare const c: d; import e = require('f');", ["A", "c", "e"]),
        ("typescript", "enum A { B, C = 1 } interface D { e: f; g(): h }", ["A.B", "A.C", "D.e", "D.g"]),
        ("typescript", "class A { b?: c = 1; [d: e]: f }", ["A.b", "A.index_signature"]),
        ("go", 'package a\nimport (\n"b/c"\n)\nimport d "e"', ["package", "c", "d"]),
        ("go", 'package a\nconst A, B = 1, 2\nvar (\nc = d()\n)\nvar _ = e("f")', ["package", "A", "c", "_"]),
        ("go", "package a\ntype A struct {\n b, c int\n}", ["package", "A.b"]),
        ("java", "package a.b; import c.D; import e.*;", ["package", "D", "import"]),
        ("java", 'class A { @B(c = "d") int e = 1, f; static { g("h"); } }',
         ["A.e", "A.static_initializer", 'A.g("h")']),
        ("java", 'enum A { B, C("d") } interface E { int F = 1; } @interface G { int h(); }',
         ["A.B", "A.C", "E.F", "G.h"]),
        ("csharp", "using A; using B = C; class D { int e = 1; int F { get; set; } event G H; const int I = 1; }",
         ["using", "B", "D.e", "D.F", "D.H", "D.I"]),
        ("csharp", 'enum A { B } delegate void C();\nvar d = 1;\ne.f(g: "h");', ["A.B", "C", "d", "e.f()"]),
        ("kotlin", 'val a = 1\nval (b, c) = d\ntypealias E = F\nf("word")\na.b = 1\n',
         ["a", "b", "E", 'f("word")', "a.b"]),
        ("kotlin", "class A {\n  val b = 1\n  init { c() }\n}\nenum class D { E }\n",
         ["A.b", "A.anonymous_initializer", "A.c()", "D.E"]),
        ("php", "<?php const A = 1; $b = 1; $this->c = 1; $d['e'] = 1; use F\\G as H;",
         ["php_tag", "A", "$b", "$this.c", "$d", "H"]),
        ("php", "<?php class A { const B = 1; public $c = 2; use D; } define('E', 1); f(g: 'h'); echo 'i';",
         ["php_tag", "A.B", "A.$c", "A.use", 'define("E")', "f()", "echo"]),
        ("rust", "const A: b = 1; static C: d = 1; type E = f; use g::{h, i as j};", ["A", "C", "E", "h"]),
        ("rust", 'macro_rules! a { () => {} } extern crate b; c!("word");', ["a", "b", 'c("word")']),
        ("rust", "struct A { b: c } enum D { E, F(g) } trait H { type I; fn j(); }",
         ["A.b", "D.E", "D.F", "H.I", "H.j"]),
        ("ruby", "A = 1\na, b = c\n@a ||= 1\na.b = 1\nA::B = 1\na[1] = 2\nalias x y\n",
         ["A", "a", "@a", "a.b", "A.B", "a", "x"]),
        ("ruby", "require 'word'\nattr_reader :a\nprivate\nget '/x' do\n  b\nend\nx if y\n",
         ['require("word")', "attr_reader()", "private", 'get("/x")', "if_modifier"]),
        ("ruby", "class A\n  B = 1\n  belongs_to c\nend", ["A.B", "A.belongs_to()"]),
        ("c", "#define A 1\n#define B(c) d\n#include <e.h>\n", ["A", "B", "preproc_include"]),
        ("c", "int a = 1, b; int *c[3]; int d(int); typedef int e; int (*f)(int); struct g h; struct i;",
         ["a", "c", "d", "e", "f", "h", "i"]),
        ("c", "struct a { int b, *c; }; enum d { E, F = 1 };", ["a.b", "d.E", "d.F"]),
        ("c", "A(b);\n#ifdef C\nint d;\n#endif\n", ["A()", "preproc_ifdef", "d"]),
        ("cpp", "using namespace a; using std::b; using c = d; int e::f = 1; auto [g, h] = i();",
         ["using", "b", "c", "e.f", "g"]),
        ("bash", 'A=1\nexport B=2\na "x" y\nA=1 b c\na | b\na && b\nif a; then b; fi\n',
         ["A", "B", "a()", "b()", "pipeline", "list", "if"]),
    ],
)  # fmt: skip
def test_statements_of_other_languages_are_named(
    language: str, text: str, expected: list[str]
) -> None:
    assert names(language, text) == expected


def test_a_name_is_bounded() -> None:
    name = "a" * 10_000
    for language, text in ((PYTHON, f"{name} = 1"), ("javascript", f"{name} = 1;")):
        assert names(language, text) == [name[:LONGEST_NAME]]


@pytest.mark.parametrize("link", [".a", "()", "[0]"])
def test_a_long_chain_has_a_name(link: str) -> None:
    # Python's own parser is the first to give up.
    for language, length in ((PYTHON, 300), ("javascript", 5000)):
        for text in (f"a{link * length}.b = 1\n", f"a{link * length}.b()\n"):
            [name] = names(language, text)
            assert name


@pytest.mark.parametrize(
    "text",
    [
        "word",
        "/api/v2/users/<int:id>",
        "/users/:userId/edit?tab=all",
        "./src/main_test.go",
        "--dry-run",
        "returns 404 if the user isn't found (yet)!",
        "UTF-8",
        "DJANGO_SETTINGS_MODULE",
        "com.example.HttpServer",
        "ein Überblick",
        "日本語",
        "getHTTPResponse",
        "DOMContentLoaded",
        "react-i18next",
        "@scope/package",
        "handles `@` … and more",
        "a sentence on sha256 of 2026",
        "ä" * 60 + " " + "日" * 10_000,
    ],
)
def test_words_paths_and_sentences_are_plain(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "hunter2hunter2",
        "pass word1234567",
        "p@ssword",
        "日" * 400 + "@",
        "alice:letmein@example.com",
        "Server=db;Password=letmein;",
        "token: letmein",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a",
        "550e8400-e29b-41d4-a716-446655440000",
        "dGhpcyBpcyBhIHNlY3JldCBrZXk=",
        "QmFzZVNpeHR5Rm91cldpdGhvdXRBbnlEaWdpdHM",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    ],
)
def test_what_may_be_a_secret_is_not_plain(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize(
    "callee", ["connect", "db.connect", "setPassword", "jwt.sign", "api_key", "Auth.basic"]
)
def test_what_takes_secrets_is_named_without_its_text(callee: str) -> None:
    assert called(callee, "letmein") == f"{callee}()"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (PYTHON, "connect('SECRET')\nrun(key='SECRET')\na['SECRET'] = 1\n'SECRET'\n"),
        ("javascript", "connect('SECRET', () => { a(); }); a['SECRET'] = 1; a('SECRET');"),
        ("javascript", "a['SECRET'] = () => {}; b = {'SECRET': () => { c(); }}; 'SECRET';"),
        ("ruby", "connect 'SECRET' do\n  a\nend\nb key: 'SECRET'\nc['SECRET'] = 1\n"),
        ("php", "<?php connect('SECRET', function () { a(); }); b(key: 'SECRET');"),
        ("kotlin", 'connect("SECRET") { a() }\nb(key = "SECRET")\n'),
        ("csharp", 'connect("SECRET", () => { a(); });\nb(key: "SECRET");'),
        ("rust", 'connect!("SECRET"); fn a() { b(r#"SECRET"#, || { c(); }); }'),
        ("go", 'package a\nvar b = c("SECRET")\nfunc d() { e("SECRET", func() {}) }'),
        ("bash", 'export A=SECRET\ncurl -u "SECRET"\na SECRET\n'),
    ],
)  # fmt: skip
def test_no_name_holds_a_secret(language: str, text: str) -> None:
    found = units(language, text.replace("SECRET", "hunter2-xy77yx"))
    assert found
    assert not any("hunter2" in one.name for one in found)
