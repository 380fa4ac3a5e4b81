"""The units of a Python text: what it defines, what stands outside of definitions, and what each calls."""

import sys

import pytest

from judgegate.model.facts import MOST_STATEMENTS, Unit, UnitKind
from judgegate.sources.python import read_python
from judgegate.sources.python_facts import extract_python
from tests.sources.python_reading import facts


def unit(text: str, name: str) -> Unit:
    [found] = [one for one in facts(text).units if one.name == name and one.body]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(): pass", ["function f 1"]),
        ("async def f():\n  pass", ["function f 1-2"]),
        ("@a\n@b(\n  1)\ndef f():\n  pass", ["function f 1-5"]),
        ("class A:\n  @a\n  def f(self): pass", ["class A 1-3", "method A.f 2-3"]),
        ("class A(B):\n  class C:\n    def f(): pass", ["class A 1-3", "class A.C 2-3", "method A.C.f 3"]),
        ("def f():\n  def g(): pass\n  class A:\n    def h(): pass",
         ["function f 1-4", "function f.g 2", "class f.A 3-4", "method f.A.h 4"]),
        ("class A:\n  def f(self):\n    def g(): pass", ["class A 1-3", "method A.f 2-3", "function A.f.g 3"]),
        ("if a:\n  def f(): pass\nelse:\n  def f(): pass", ["statement if 1-4", "function f 2", "function f 4"]),
        ("import a\nb = 1\n'text'", ["statement a 1", "statement b 2", "statement expression 3"]),
        ("if a:\n  b()\nelse:\n  c()", ["statement if 1-4", "statement b() 2", "statement c() 4"]),
        ("try:\n  a()\nexcept B:\n  c()", ["statement try 1-4", "statement a() 2", "statement c() 4"]),
        ("class A:\n  'text'\n  b: int = 1", ["class A 1-3", "statement A.expression 2", "statement A.b 3"]),
        ("def f():\n  a()\n  class A:\n    b = 1", ["function f 1-4", "class f.A 3-4"]),
        ("a = lambda: b", ["statement a 1"]),
        ("", []),
    ],
)  # fmt: skip
def test_units_stand_in_the_order_of_the_file(text: str, expected: list[str]) -> None:
    assert [shown(one) for one in facts(text).units] == expected


def shown(one: Unit) -> str:
    start, end = one.lines.start, one.lines.end
    lines = f"{start}" if start == end else f"{start}-{end}"
    return f"{one.kind.value} {one.name} {lines}"


def test_lines_are_gits() -> None:
    found = extract_python(read_python(b"a = 1 #\rdef f():\r  pass\nb = 2\n"))
    assert [shown(one) for one in found.units] == [
        "statement a 1",
        "function f 1",
        "statement b 2",
    ]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("def f(): a()", "def f(): a()", "header body exposure"),
        ("def f(): a()", "def g(): a()", "header body exposure"),
        ("def f(): a()", "def f(): b()", "header exposure"),
        ("def f(): a()", "def f():\n  # why\n  a()\n", "header body exposure"),
        ("def f(): f()", "def g(): g()", "header exposure"),
        ("def f(): a()", "def f(b): a()", "body exposure"),
        ("def f(b=1): a()", "def f(b=2): a()", "body exposure"),
        ("def f(b: int): a()", "def f(b: str): a()", "body exposure"),
        ("def f(): a()", "def f() -> b: a()", "body exposure"),
        ("def f(): a()", "async def f(): a()", "body exposure"),
        ("def f(): a()", "@b\ndef f(): a()", "header body"),
        ("@b\ndef f(): a()", "@c\ndef f(): a()", "header body"),
        ("@b('/x')\ndef f(): a()", "@b('/y')\ndef f(): a()", "header body"),
        ("def f(): a()", "if DEBUG:\n  def f(): a()", "header body"),
        ("if a:\n  def f(): a()", "if b:\n  def f(): a()", "header body"),
        ("if a:\n  def f(): a()", "if a: pass\nelse:\n  def f(): a()", "header body"),
        ("if a:\n  def f(): a()", "while a:\n  def f(): a()", "header body"),
        ("with a:\n  def f(): a()", "with b:\n  def f(): a()", "header body"),
        ("try:\n  def f(): a()\nexcept A: pass", "try: pass\nexcept A:\n  def f(): a()", "header body"),
        ("class A:\n  def f(): a()", "class B:\n  def f(): a()", "header body exposure"),
        ("class A:\n  def f(): a()", "class A(B):\n  def f(): a()", "header body"),
        ("class A:\n  def f(): a()", "@b\nclass A:\n  def f(): a()", "header body"),
        ("class A:\n  def f(): a()", "class A(metaclass=B):\n  def f(): a()", "header body"),
        ("class A:\n  def f(): a()", "class A:\n  b = 1\n  def f(): a()", "header body exposure"),
        ("class A:\n  def f(): a()", "def f(): a()", "header body"),
        ("def g(b):\n  def f(): a()", "def g(c):\n  def f(): a()", "header body"),
    ],
)  # fmt: skip
def test_each_part_of_a_unit_has_its_own_digest(before: str, after: str, same: str) -> None:
    one, other = (
        next(
            found for found in reversed(facts(text).units) if found.name[-1:] in {"f", "g"}
        )
        for text in (before, after)
    )
    parts = ("header", "body", "exposure")
    assert [
        part for part in parts if getattr(one, part) == getattr(other, part)
    ] == same.split()


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("class A: b = 1", "class C: b = 1", "header exposure"),
        ("class A: b = 1", "class A: b = 2", "header exposure"),
        ("class A: b = 1", "class A(B): b = 1", ""),
        ("class A: b = 1", "@d\nclass A: b = 1", "header"),
        ("class A: b = 1", "if c:\n  class A: b = 1", "header"),
    ],
)
def test_a_class_is_its_header(before: str, after: str, same: str) -> None:
    one, other = (
        next(found for found in facts(text).units if found.kind is UnitKind.CLASS)
        for text in (before, after)
    )
    assert one.body == other.body == ""
    assert one.statements == ()
    parts = ("header", "exposure")
    assert [
        part for part in parts if getattr(one, part) == getattr(other, part)
    ] == same.split()


def test_a_statement_is_its_own_words_in_what_encloses_it() -> None:
    plain, around, inner, in_class = (
        facts(text).units for text in ("a()", "if b: a()", "if b: c()", "class A: a()")
    )
    assert plain[0].header == around[1].header == in_class[1].header
    assert around[0].header == inner[0].header
    assert len({plain[0].exposure, around[1].exposure, in_class[1].exposure}) == 3
    assert (around[1].body, around[1].statements, around[1].arity) == ("", (), None)


def test_functions_in_functions_are_units_and_count_for_the_outer_one() -> None:
    outer, inner = facts("def f():\n  def g(): a()\n  return g").units
    assert (outer.name, inner.name) == ("f", "f.g")
    assert outer.calls == inner.calls == ("a",)
    assert [one.tokens for one in outer.statements] == [2, 3, 2]
    assert set(inner.statements) < set(outer.statements)


@pytest.mark.parametrize(
    ("text", "arity"),
    [
        ("def f(): pass", 0),
        ("def f(a, b=1): pass", 2),
        ("def f(a, /, b, *, c): pass", 3),
        ("def f(a, *b): pass", None),
        ("def f(a, **b): pass", None),
        ("class A: pass", None),
        ("a", None),
    ],
)
def test_overloads_differ_in_arity(text: str, arity: int | None) -> None:
    assert facts(text).units[0].arity == arity


def test_of_functions_with_one_name_each_is_a_unit() -> None:
    text = (
        "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): return a"
    )
    found = facts(text).units
    assert [one.name for one in found] == ["f", "f", "f"]
    assert len({one.header for one in found}) == 3


def test_statements_count_without_their_blocks() -> None:
    one = unit("def f():\n  if a:\n    b()\n    c()\n  d()", "f")
    other = unit("def f():\n  if a:\n    c()\n  d()", "f")
    assert [statement.tokens for statement in one.statements] == [2, 3, 3, 3]
    assert set(other.statements) < set(one.statements)
    assert one.tokens == 2 + 2 + 3 * 3


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a", 2),
        ("a.b", 4),
        ("a = 1", 3),
        ("a(b, c=1)", 7),
        ("'text'", 2),
        ("import a as b", 4),
        ("a + b", 5),
        ("pass", 1),
    ],
)
def test_tokens_are_names_constants_and_kinds_of_nodes(text: str, tokens: int) -> None:
    assert facts(text).units[0].tokens == tokens


def test_a_unit_holds_a_bounded_number_of_statements() -> None:
    body = "".join(f"  a({number})\n" for number in range(MOST_STATEMENTS + 10))
    found = unit(f"def f():\n{body}", "f")
    assert len(found.statements) == MOST_STATEMENTS
    other = unit(f"def f():\n{body}  b()\n", "f")
    assert other.statements == found.statements
    assert other.body != found.body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os\ndef f(): os.system(a)", {"f": "os.system"}),
        ("from os import system as s\ndef f(): s(a)", {"f": "os.system"}),
        ("def f(): b(a(c))", {"f": "a b"}),
        ("def f():\n  def g(): a()\n  b()", {"f": "a b", "f.g": "a"}),
        ("class A:\n  def f(self): self.a(); b()", {"A": "", "A.f": "b self.a"}),
        ("def f():\n  class A:\n    def g(self): a()", {"f": "a", "f.A": "", "f.A.g": "a"}),
        ("def f(): return lambda: a()", {"f": "a"}),
        ("def f(): return [a(b) for b in c()]", {"f": "a c"}),
        ("def f(): a().b()", {"f": ".b a"}),
        ("def f(b=a()): c()", {"f": "a c"}),
        ("@a('/x')\ndef f(): c()", {"f": "a c"}),
        ("@a('/x')\nclass A(b()):\n  def f(self): c()", {"A": "a b", "A.f": "c"}),
        ("class A:\n  @a()\n  def f(self): c()", {"A": "", "A.f": "a c"}),
        ("def f():\n  @a()\n  def g(): pass", {"f": "a", "f.g": "a"}),
        ("h = a.b\ndef f(): h(c)", {"f": "a.b h"}),
    ],
)
def test_calls_are_resolved_and_stand_in_their_units(
    text: str, expected: dict[str, str]
) -> None:
    found = {
        one.name: " ".join(one.calls)
        for one in facts(text).units
        if one.kind is not UnitKind.STATEMENT
    }
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a(b())", ["a b"]),
        ("if a():\n  b()", ["a", "b"]),
        ("x = lambda: a()", ["a"]),
        ("x = [a(b) for b in c]", ["a"]),
        ("try:\n  a()\nexcept b():\n  c()", ["b", "a", "c"]),
        ("match a():\n  case x if b(): c()", ["a b", "c"]),
        ("class A:\n  x = a()\n  y = lambda self: b()", ["", "a", "b"]),
        ("class A:\n  for x in a(): b()", ["", "a", "b"]),
    ],
)
def test_calls_outside_of_functions_stand_in_their_statements(
    text: str, expected: list[str]
) -> None:
    assert [" ".join(one.calls) for one in facts(text).units] == expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with 3.12")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f[T](a): pass", "def f(a): pass"),
        ("def f[T](a): pass", "def f[*T](a): pass"),
        ("def f[T: int](a): pass", "def f[T: str](a): pass"),
        ("class A[T]: pass", "class A[K]: pass"),
        ("type A = int", "type A = str"),
        ("type A = int", "type B = int"),
    ],
)
def test_type_parameters_are_part_of_the_form(before: str, after: str) -> None:
    assert facts(before).form != facts(after).form
