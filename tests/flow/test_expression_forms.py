"""Digests of expressions: equal for the same expression in another layout, and for nothing else."""

import ast
from unittest.mock import Mock

import pytest
from hypothesis import given, settings

from judgegate.flow.expression_forms import ExpressionForms
from judgegate.sources.python import PythonSource, read_python
from tests.sources.test_python_properties import LAYOUTS, VALUES, Layout

DEEP = 150


def read_expression(text: str) -> tuple[PythonSource, ast.expr]:
    source = read_python(text.encode(), b"salt")
    [statement] = source.tree.body
    assert isinstance(statement, ast.Expr)
    return source, statement.value


def digest(text: str) -> str:
    source, node = read_expression(text)
    return ExpressionForms(source.walk).digest(node)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b", "(a)+(b)"),
        ("f('a', b = 1)", 'f("a",b=1,)'),
        ("'a' 'b'", "'ab'"),
        ("f'a{b}c' 'd'", "f'a{b}cd'"),
        ("0x10", "16"),
    ],
)
def test_the_same_expression_has_the_same_digest(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "b"),
        ("a", "'a'"),
        ("1", "'1'"),
        ("1", "True"),
        ("1", "1.0"),
        ("'a'", "b'a'"),
        ("a + b", "b + a"),
        ("a + b", "a - b"),
        ("f(a)(b)", "f(a, b)"),
        ("f(g(a), b)", "f(g(a, b))"),
        ("f(a=b)", "f(b=a)"),
        ("f(*a)", "f(a)"),
        ("f(**a)", "f(a)"),
        ("[a]", "(a,)"),
        ("{**a}", "{a}"),
        ("{**a}", "{None: a}"),
        ("a[b:]", "a[:b]"),
        ("a < b < c", "a < b <= c"),
        ("lambda a, b=1: a", "lambda a, *, b=1: a"),
        ("lambda *, a, b=1: a", "lambda *, a=1, b: a"),
        ("f'{a}'", "f'{a!r}'"),
        ("f'{a}'", "f'{a:>3}'"),
        ("[a for b in c if d if e]", "[a for b in c if d and e]"),
        ("...", "None"),
    ],
)
def test_another_expression_has_another_digest(one: str, other: str) -> None:
    assert digest(one) != digest(other)


@settings(deadline=None, max_examples=100)
@given(VALUES, LAYOUTS)
def test_layout_is_left_out(value: str, layout: Layout) -> None:
    plain, other = (value.replace("§", quote) for quote in ("'", layout.quote))
    assert digest(plain) == digest(f"(\n{other}\n)")


@settings(deadline=None, max_examples=100)
@given(VALUES, VALUES)
def test_digests_are_equal_for_equal_trees_only(one: str, other: str) -> None:
    texts = [text.replace("§", "'") for text in (one, other)]
    trees = [ast.dump(ast.parse(text)) for text in texts]
    assert (digest(texts[0]) == digest(texts[1])) == (trees[0] == trees[1])


def test_an_inner_call_has_the_digest_that_it_would_have_alone() -> None:
    source, node = read_expression("f(g(h(a)), b)")
    assert isinstance(node, ast.Call)
    forms = ExpressionForms(source.walk)
    forms.digest(node)
    assert forms.digest(node.args[0]) == digest("g(h(a))")


def test_it_does_not_matter_what_was_asked_for_before() -> None:
    text = "(f(a) + b) * [c, (d, f(a))]"
    source, node = read_expression(text)
    forms = ExpressionForms(source.walk)
    for part in reversed(list(ast.walk(node))):
        if isinstance(part, ast.expr):
            forms.digest(part)
    assert forms.digest(node) == digest(text)


def test_calls_in_calls_are_read_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    source, node = read_expression("f(" * DEEP + ")" * DEEP)
    forms = ExpressionForms(source.walk)
    digest_texts = Mock(side_effect=forms.digest_texts)
    monkeypatch.setattr(forms, "digest_texts", digest_texts)
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            forms.digest(part)
    assert digest_texts.call_count == DEEP


def test_no_digest_shows_a_constant_without_the_salt() -> None:
    source = read_python(b"'secret'", b"another salt")
    [statement] = source.tree.body
    assert isinstance(statement, ast.Expr)
    assert ExpressionForms(source.walk).digest(statement.value) != digest("'secret'")
