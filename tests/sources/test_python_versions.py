"""The normal form of a Python text is the same on every Python that judgegate runs on.

Fingerprints are made of it, and the answers that are kept. So these digests are written down, and not only
compared: what another Python parses in another way, the form has to make equal.

Two things differ in some releases of Python 3.12 and 3.13, for which they are other programs: the words of
`f"{a!=b=}"`, and what an escape means in the format of a raw f-string.
"""

import ast
from collections.abc import Iterator

import pytest

from judgegate.flow.expression_forms import ExpressionForms
from judgegate.sources.python import PythonSource, read_python
from judgegate.sources.python_facts import extract_python

EVERYTHING = '''\
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""The docstring of a module, with "quotes" and a \\ttab."""
from __future__ import annotations
import os.path as p, sys
from . import sibling
from ..parent import (one as two, three,)
from module import *
A = B = 0
a, (b, *c) = [d, e] = f
g: list[int] = []
(h): int
i.j[k] += 1; l -= 1; l *= 2; l /= 2; l //= 2; l %= 2; l @= 2; l **= 2; l >>= 2; l <<= 2; l &= 2; l ^= 2; l |= 2
numbers = 0, 1_000, 0xFF, 0o17, 0b11, 10 ** 30, 1.5, 1e400, 1e-7, .5, 5., 2j, 1.5e3J, 00
names = True, False, None, ..., __debug__
texts = 'a' "b" """c
d""", r"\\n", u"e", "\\x41\\u00e9\\N{DIGIT ONE}\\0\\'\\
", b"f" b"\\xff", "\\ud800", "\\U0001FAE8", "🫨", "\\d"
formed = f"", f"a", "a" f"b{c}" "d" f"" f"{e}", f"{f!r}{g!s:>10}{h!a:{i}.{j!r}x}", f"{{}}{k:}"
formed = f"{l=}{m = !r}{n=:^5}", rf"\\d{o}\\{p}", f"{q:%Y-%m-%d}", f"{r[0]:{{}}}", f"""{
    s
}""" f'{"t" "u"}', f"{lambda_(v)}", f"{(lambda w: w)}", f"{x!r:{y}{z}}" ""
lambdas = lambda: 0, lambda a, /, b=1, *c, d, e=2, **f: (yield), lambda *, a: a
calls = f(), f(a, *b, c=d, **e), f(g for h in i), f(a, (b for c in d),)
parts = a.b.c, a[0], a[:], a[1:2:3, ...], a[b, *c], a[:, None]
logic = a and b or not c, a < b <= c != d is not e not in f, g == h > i >= j is k in l
sums = a + b - c * d / e // f % g @ h ** i, a | b & c ^ d << e >> f, -a, +b, ~c
choice = a if b else c
shown = [a for b in c if d if e for f in g], {a for b in c}, {a: b for c in d}, (a async for b in c)
held = [a, *b], {a, *b}, {a: b, **c}, (a,), (), {}
(walrus := a)
if (n := len(a)) > 10: pass
elif b: pass
else: pass
for a in b: continue
else: pass
for a, *b in c: break
while a: pass
else: pass
with a as b, c: pass
with (a as b, c as (d, e),): pass
try: raise
except (A, B) as e: raise C from e
except D: pass
except: pass
else: pass
finally: pass
try: pass
except* E as e: pass
except* (F, G): pass
assert a, b
assert a
del a, b[c], (d.e)
match a:
    case None | True | 1 | -1 | 1 + 2j | "a" "b" | b"c" | d.e: pass
    case [a, *_, b] | (a, *b) | []: pass
    case {"a": b, c.d: _, **e} | {}: pass
    case A() | A(b, c=d): pass
    case (a | b) as c if d: pass
    case [*a] | f: pass
    case _: pass
@decorator
@decorator.of(a, b=c)[0]
@(lambda f: f)
def function(a, b: int = 1, /, c=2, *args: str, d, e=3, **kwargs) -> None:
    """A docstring."""
    global A
    def inner():
        nonlocal c
        yield
        yield a
        yield from b
        return
    return inner
@decorator
async def coroutine(*, a):
    async with b as c: await d
    async for e in f: pass
    else: pass
    return [await g async for h in i], (await j)
@decorator
class Class(Base, metaclass=Meta, **more):
    \'\'\'A docstring\'\'\' \'of two parts\'
    __slots__ = ()
    def method(self): return super().method().__private
class Empty: ...
if a: # nosec
    b = 1
'''

OUTDATED = {
    "AugLoad", "AugStore", "Bytes", "Ellipsis", "Expression", "ExtSlice", "FunctionType", "Index", "Interactive",
    "NameConstant", "Num", "Param", "Str", "Suite", "TypeIgnore",
}  # fmt: skip
"""Kinds that Python's parser no longer makes, or not of a file."""

NEWER = {
    "Interpolation",
    "ParamSpec",
    "TemplateStr",
    "TypeAlias",
    "TypeVar",
    "TypeVarTuple",
}
"""Kinds that only newer Pythons have."""


def source_of(text: str) -> PythonSource:
    return read_python(text.encode())


def form_of(text: str) -> str:
    return extract_python(source_of(text)).form


def kinds(parent: type[ast.AST] = ast.AST) -> Iterator[str]:
    """The names of the kinds of nodes that have no kinds of their own."""
    inner = parent.__subclasses__()
    if not inner:
        yield parent.__name__
    for kind in inner:
        if kind.__module__ in {"ast", "_ast"}:
            yield from kinds(kind)


def test_the_sample_has_every_kind_of_node() -> None:
    found = {node.__class__.__name__ for node in ast.walk(source_of(EVERYTHING).tree)}
    # Before Python 3.14 this kind had kinds of its own.
    assert {*kinds(), "Constant"} - OUTDATED - NEWER == found


def test_the_form_of_everything_is_the_same_everywhere() -> None:
    assert form_of(EVERYTHING) == "6ab85881a72f8d97a204b6a3fe16efdd"


def test_the_forms_of_expressions_are_the_same_everywhere() -> None:
    source = source_of(EVERYTHING)
    forms = ExpressionForms(source.walk)
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, ast.expr)]
    digest = forms.digest_texts(*map(forms.digest, nodes))
    assert digest == "463956367135cd8f8b50dd9e7d6a567a"


@pytest.mark.parametrize(
    ("title", "text", "digest"),
    [
        ("text that newer Unicode can show", '"\U0001fae8 \U0001fadf \u1c89"', "7c01e50a3de50409"),
        ("surrogates", '"\\ud800"', "b856881ea522a62d"),
        ("adjacent texts", "'a' 'b' '' 'c'", "2f14b5c7ec755f5d"),
        ("adjacent formatted texts", "'a' f'b{c}d' 'e' f'{f}' '' f'' 'g'", "beb39b6afd41bf8b"),
        ("formatted text without a field", "f'a'", "9fea3368c877eef5"),
        ("empty formatted text", "f'' f''", "3ce8f470be81dbff"),
        ("field at the end", "f'{a}' ''", "05275d7aa0feab0e"),
        ("field alone in a format", "f'{a:{b}}'", "d30ddd3ec0743a00"),
        ("fields and texts in a format", "f'{a:x{b}y{c}}z'", "ef0308f8ea782c12"),
        ("empty format", "f'{a:}{b!r:}'", "9f379f9687c8d575"),
        ("braces", "f'{{a}}{{{b}}}{{'", "ee8abf07e13d1883"),
        ("braces in a format", "f'{a:{{}}}'", "2d159dbe744896ce"),
        ("escapes in a format", r"f'{a:\x3e10\n}'", "6de0f13f31f36fc9"),
        ("raw formatted text", r"rf'\x41{a}\d'", "6a58eaeb66d925ce"),
        ("formatted text in a field", 'f"{f\'{a}b\'}c"', "1f69a339f1e3d349"),
        ("what shows its own words", "f'{a=}{ b = }{c=!r}{d=:>5}'", "e9318f385e5cdbc5"),
        ("field over several lines", "f'''{\n  a\n}'''", "05275d7aa0feab0e"),
        ("lambda in a field", "f'{(lambda a: b)}'", "be3d2b9d25701fc0"),
        ("walrus in a field", "f'{(a:=b)}{c:=d}'", "ea057d414a4861b8"),
        ("slices", "a[b, c:d:e, ...]", "6f612f8c2f3b1288"),
        ("starred in an index", "a[b, *c]", "33a189fb35888435"),
        ("long number", "1" * 4000, "e373ffd0268c35f6"),
        ("number beyond all", "1e999", "86306b7edf7f8e54"),
        ("docstring", 'def a():\n    """B\n    c\n    """\n', "1a3482243e6ef54d"),
        ("no type parameters", "def a(): b\nclass C: d\n", "66f20b5229515b15"),
        ("comment beside quotes in quotes", 'a = f"{b}#" # nosec\n', "f8f8162345f06451"),
        ("comment behind a carriage return", 'a = f"{b}"\r# nosec: c\rd = 1\n', "a9a446977651452a"),
    ],
)  # fmt: skip
def test_a_form_is_the_same_everywhere(title: str, text: str, digest: str) -> None:
    assert form_of(text)[:16] == digest, title
