"""Facts of Python: what each text is made of."""

from collections.abc import Callable

import pytest

from judgegate.model.facts import (
    ANYTHING,
    LONGEST_NAME,
    MOST_MEANINGS,
    Parameter,
    ParameterKind,
)
from judgegate.sources import fact_bounds, python_calls
from tests.sources.python_reading import facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os as o", [" o os"]),
        ("import os", []),
        ("import a.b", []),
        ("import a.b as c", [" c a.b"]),
        ("from a import b as c, d", [" c a.b", " d a.d"]),
        ("from . import a", []),
        ("from .a import b", [" b a.b"]),
        ("a = b.c\nd = a", [" a b.c", " d b.c"]),
        ("d = a\na = b.c", [" d b.c", " a b.c"]),
        ("a = b.c\na = d", [" a b.c d"]),
        ("a = 1", []),
        ("def f():\n  import a as b", ["f b a"]),
        ("def f():\n  global b\n  import a as b", [" b a"]),
        ("def f():\n  def g():\n    nonlocal b\n    b = c.d\n  b = None", ["f b c.d"]),
        ("class A:\n  import a as b", ["A b a"]),
        ("class A:\n  def f(self): self.b = c.d", ["A b c.d"]),
        ("class A:\n  @staticmethod\n  def f(self): other.b = c.d", []),
        ("def f(a=b.c): pass", ["f a b.c"]),
        ("a, b = c.d, e.f", [" a c.d", " b e.f"]),
        ("for a in (b.c, d.e): pass", [" a b.c d.e"]),
        ("a = b.c if d else e.f", [" a b.c e.f"]),
        ("a = b.c or e.f", [" a b.c e.f"]),
        ("(a := b.c)", [" a b.c"]),
        ("[(a := b.c) for d in e]", [" a b.c"]),
        ("a: b = c.d", [" a c.d"]),
        ("a = getattr(b, 'c')", [" a b.c"]),
        ("a = __import__('b')", [" a b"]),
        ("try:\n  import a as b\nexcept E:\n  b = None", [" b a"]),
        ("import a\na = a.b", [" a a a.b"]),
        ("from a import *", []),
    ],
)
def test_names_mean_what_they_are_bound_to_scope_by_scope(
    text: str, expected: list[str]
) -> None:
    assert [
        " ".join([one.scope, one.name, *one.meanings]) for one in facts(text).bindings
    ] == expected


def test_a_name_with_many_meanings_may_be_anything() -> None:
    lines = [f"a = b.c{number}" for number in range(MOST_MEANINGS)]
    [binding] = facts("\n".join(lines)).bindings
    assert len(binding.meanings) == MOST_MEANINGS
    [binding] = facts("\n".join([*lines, "a = d"])).bindings
    assert binding.meanings == (ANYTHING,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a, b.c as d", ["1 a", "1 b.c"]),
        ("from a import b as c, d", ["1 a.b", "1 a.d"]),
        ("from a.b import (\n  c,\n)", ["1 a.b.c"]),
        ("from . import a", ["1 .a"]),
        ("from .. import a", ["1 ..a"]),
        ("from ..a import b", ["1 ..a.b"]),
        ("from a import *", ["1 a"]),
        ("def f():\n  import a\nimport b", ["2 a", "3 b"]),
        ("if TYPE_CHECKING:\n  import a\nelse:\n  import b", ["2 a (types)", "4 b"]),
        ("if typing.TYPE_CHECKING:\n  if x:\n    import a", ["3 a (types)"]),
        ("if x: pass\nelif TYPE_CHECKING:\n  import a", ["3 a (types)"]),
        ("if not TYPE_CHECKING:\n  import a", ["2 a"]),
        ("if TYPE_CHECKING or x:\n  import a", ["2 a"]),
        ("try:\n  import a\nexcept ImportError:\n  import b", ["2 a", "4 b"]),
    ],
)
def test_imports_are_told_as_they_are_written(text: str, expected: list[str]) -> None:
    assert [
        f"{one.line} {one.name}{' (types)' if one.typing_only else ''}"
        for one in facts(text).imports
    ] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def test():\n  assert a == b", ["2 assert test"]),
        ("assert a", ["1 assert "]),
        (
            "class T:\n  def test(self):\n    self.assertEqual(a, b)",
            ["3 self.assertEqual T.test"],
        ),
        (
            "import pytest\ndef test():\n  with pytest.raises(E):\n    a()",
            ["3 pytest.raises test"],
        ),
        ("import pytest as p\nwith p.raises(E): a()", ["2 pytest.raises "]),
        ("from pytest import raises\nraises(E, a)", ["2 pytest.raises "]),
        (
            "async def test():\n  await c.assert_awaited()",
            ["2 c.assert_awaited test"],
        ),
        ("a.assert_called_once_with(b)", ["1 a.assert_called_once_with "]),
        ("pytest.fail('no')", ["1 pytest.fail "]),
        ("expect(a).to_be(b)", ["1 expect "]),
        ("asset(a); a.fails()", []),
    ],
)
def test_assertions_are_found(text: str, expected: list[str]) -> None:
    assert [
        f"{one.line} {one.name} {one.scope}" for one in facts(text).assertions
    ] == expected


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("assert a == 'b'", 'assert (a == "b")', True),
        ("assert a == 1", "assert a == 2", False),
        ("assert a", "assert a, 'why'", False),
        ("self.assertEqual(a, b)", "self.assertEqual(\n  a,\n  b,\n)", True),
        ("self.assertEqual(a, b)", "self.assertEqual(a, c)", False),
        ("with raises(E): a()", "with raises(E): b()", True),
        ("with raises(E): a()", "with raises(F): a()", False),
        ("async def f(): await assert_a(b)", "async def f(): assert_a(b)", False),
    ],
)
def test_an_assertion_is_known_by_its_form(before: str, after: str, same: bool) -> None:
    [one], [other] = facts(before).assertions, facts(after).assertions
    assert (one.digest == other.digest) == same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n  if a: return\n  b()", ["clause 2 f", "call 3 f"]),
        ("def f():\n  if a:\n    b = 1\n    raise c", ["clause 2 f"]),
        ("for a in b:\n  if a: continue\n  elif c: break", ["clause 2 ", "clause 3 "]),
        ("def f():\n  if a: return\n  else: b = 1", ["clause 2 f"]),
        ("import sys\nif a: sys.exit(1)", ["clause 2 ", "call 2 "]),
        ("def f():\n  if a: abort(403)", ["clause 2 f", "call 2 f"]),
        ("if a: b = exit_code()", []),
        ("if a:\n  b = 1", []),
        ("if a: b = 1\nelse: raise c", []),
        ("with a, b as c:\n  d = 1", ["block 1 "]),
        ("async def f():\n  async with a: b = 1", ["block 2 f"]),
        ("try: a = 1\nexcept B: c = 1\nexcept (D, E): pass", ["handler 2 ", "handler 3 "]),
        ("try: a = 1\nexcept* B: c = 1", ["handler 2 "]),
        ("try: a = 1\nfinally: b = 1", []),
        ("check(a)\nb = check(a)\na.b(c)", ["call 1 ", "call 3 "]),
        ("async def f():\n  await check(a)\n  await b\n  c", ["call 2 f"]),
        ("class A:\n  def f(self): self.check()", ["call 2 A.f"]),
    ],
)
def test_guards_are_found(text: str, expected: list[str]) -> None:
    found = facts(text).guards
    assert [f"{one.form.value} {one.line} {one.scope}" for one in found] == expected


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("if a: raise b", "if (a): raise c", True),
        ("if a: raise b", "if a or c: raise b", False),
        ("with a: b = 1", "with a: c = 1", True),
        ("with a: b = 1", "with c: b = 1", False),
        ("try: a = 1\nexcept B: c = 1", "try: a = 2\nexcept B: d = 1", True),
        ("try: a = 1\nexcept B: c = 1", "try: a = 1\nexcept E: c = 1", False),
        ("check(a)", "check(\n  a,\n)", True),
        ("check(a)", "check(b)", False),
    ],
)
def test_a_guard_is_known_by_its_condition(before: str, after: str, same: bool) -> None:
    [one], [other] = facts(before).guards, facts(after).guards
    assert one.form is other.form
    assert (one.digest == other.digest) == same


BLOCK = [
    "a = b(c, d, 'e', f=1)",
    "g(a, h, 2).i(j, k)",
    "k = [a, b, c, d, *e]",
    "l(k, m=n, o=p, q=r)",
]


def block(count: int, indent: str, lines: list[str] = BLOCK) -> str:
    return "".join(f"{indent}{line}\n" for line in lines[:count])


def test_equal_blocks_have_equal_digests_wherever_they_stand() -> None:
    in_function = facts(f"def f():\n{block(4, '  ')}").blocks
    in_branch = facts(f"def g(x):\n    if x:\n{block(4, '        ')}    y()\n").blocks
    [one], [other] = in_function, in_branch
    assert one.digest == other.digest
    assert one.tokens == other.tokens >= 40
    assert (one.lines.start, one.lines.end) == (2, 5)
    assert (other.lines.start, other.lines.end) == (3, 6)


@pytest.mark.parametrize(
    "text",
    [
        block(3, ""),
        block(4, "", ["a = 1", "b = 2", "c = 3", "d()"]),
        "try: a\n" + "".join(f"except E{number}: f(a, b, c, d, e, g)\n" for number in range(5)),
        "match a:\n" + "".join(f"  case {number}: f(a, b, c, d, e, g)\n" for number in range(5)),
    ],
)  # fmt: skip
def test_short_blocks_are_no_facts(text: str) -> None:
    assert facts(text).blocks == ()


def test_a_block_twice_has_its_digest_twice() -> None:
    found = facts(f"def f():\n{block(4, '  ')}def g():\n{block(4, '  ')}").blocks
    assert len(found) == 2
    assert len({one.digest for one in found}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(a, b=1): pass", ["function f(a, b=)"]),
        ("def f(a, /, b, *c, d, e=1, **g): pass", ["function f(a/, b, *c, !d, !e=, **g)"]),
        ("def f(*, a): pass", ["function f(!a)"]),
        ("def _f(a): pass", []),
        (
            "class A:\n  def f(self): pass\n  def _g(self): pass",
            ["class A()", "method A.f(self)"],
        ),
        (
            "class A:\n  def __init__(self, a): pass",
            ["class A()", "method A.__init__(self, a)"],
        ),
        ("class _A:\n  def f(self): pass", []),
        ("class A:\n  class _B:\n    def f(self): pass", ["class A()"]),
        ("class A:\n  b: int = 1\n  _c = 2", ["class A()", "statement A.b()"]),
        ("def f():\n  def g(): pass\n  class A: pass\n  a = 1", ["function f()"]),
        ("A = 1\nB, (C, d) = e\n_f = 2", ["statement A()", "statement B()"]),
        ("a = b = 1", ["statement a()", "statement b()"]),
        ("if a:\n  B = 1", ["statement B()"]),
        ("a.b = 1\nc[d] = 2", []),
        ("async def f(): pass", ["function f()"]),
    ],
)
def test_signatures_are_what_others_can_use(text: str, expected: list[str]) -> None:
    assert [
        f"{one.kind.value} {one.name}({', '.join(map(written, one.parameters))})"
        for one in facts(text).signatures
    ] == expected


def written(parameter: Parameter) -> str:
    marks = {
        ParameterKind.POSITION: "{}/",
        ParameterKind.EITHER: "{}",
        ParameterKind.KEYWORD: "!{}",
        ParameterKind.MANY: "*{}",
        ParameterKind.MANY_KEYWORDS: "**{}",
    }
    name = marks[parameter.kind].format(parameter.name)
    is_one = parameter.kind not in {ParameterKind.MANY, ParameterKind.MANY_KEYWORDS}
    return f"{name}=" if is_one and not parameter.required else name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a\na.b()", ()),
        ("from a import *", ("star import",)),
        ("from . import *", ("star import",)),
        ("globals()['a'] = b", ("globals",)),
        ("exec(a)", ("globals",)),
        ("setattr(a, 'b', c)", ("globals",)),
        ("import a\na.b = c", ("module attribute",)),
        ("import a as d\nd.b = c", ("module attribute",)),
        ("from a import d\ndef f(): d.b = c", ("module attribute",)),
        ("import a.b\na.b.c = d", ("module attribute",)),
        ("import a\na.b: int = c", ("module attribute",)),
        ("import a\na.b += c", ("module attribute",)),
        ("import a\na.b, c = d", ("module attribute",)),
        ("import a\n[*a.b, c] = d", ("module attribute",)),
        ("import a\nfor a.b in c: pass", ("module attribute",)),
        ("import a\n[0 for a.b in [c]]", ("module attribute",)),
        ("import a\nwith b as a.c: pass", ("module attribute",)),
        ("import a\ndel a.b", ("module attribute",)),
        ("import a\na.__dict__['b'] = c", ("module attribute",)),
        ("import a\na.b['c'] = d", ()),
        ("import a\ndef f(self): self.b = a", ()),
        ("class A: pass\nA.b = c", ()),
        ("import a\nfrom b import *\na.c = vars()", ("globals", "module attribute", "star import")),
    ],
)  # fmt: skip
def test_what_makes_names_unreliable_is_said(text: str, expected: tuple[str, ...]) -> None:
    assert facts(text).dynamic == expected


@pytest.mark.parametrize(
    ("many", "of"),
    [
        (lambda number: f"a{number} = b.c{number}", "units bindings signatures"),
        (lambda number: f"import a{number}", "imports"),
        (lambda number: f"assert a{number}", "assertions"),
        (lambda number: f"a{number}()", "guards"),
        (lambda number: f"if a{number}:\n{block(4, '  ')}", "blocks"),
        (lambda number: f"def f{number}(): pass", "units signatures"),
    ],
)
def test_each_sort_is_bounded_and_it_is_said(
    many: Callable[[int], str], of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_bounds, "MOST", 12)
    few, more = ("\n".join(map(many, range(count))) for count in (2, 13))
    assert not facts(few).cut
    found = facts(more)
    assert found.cut
    for sort in of.split():
        assert len(getattr(found, sort)) == 12


def test_calls_of_a_unit_are_bounded_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(python_calls, "MOST_CALLS", 2)
    assert not facts("def f(): a(); b()").cut
    found = facts("def f(): a(); b(); c()")
    assert found.cut
    assert found.units[0].calls == ("a", "b")


def test_long_names_are_cut() -> None:
    long = "n" * (LONGEST_NAME + 50)
    text = f"""
        import {long} as {long}a
        class {long}:
            {long}: int
            def {long}({long}): {long}(); assert {long}
    """
    found = facts(text)
    names = [
        *(name for one in found.units for name in (one.name, *one.calls)),
        *(one.name for one in found.imports),
        *(name for one in found.bindings for name in (one.name, *one.meanings)),
        *(one.scope for one in found.guards),
        *(one.scope for one in found.assertions),
        *(one.name for one in found.signatures),
        *(one.name for signature in found.signatures for one in signature.parameters),
    ]
    assert len(names) > 10
    assert max(map(len, names)) == LONGEST_NAME
