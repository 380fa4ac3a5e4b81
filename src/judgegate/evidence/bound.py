"""Digests of what stands in front of definitions: by its form, and by all that binds the names in it."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from judgegate.evidence.checks import dotted_names, plain_name
from judgegate.flow.doubts import relative_imports
from judgegate.flow.expression_forms import ExpressionForms
from judgegate.sources.python_names import as_one_name
from judgegate.sources.python_scopes import Scope, owners_of
from judgegate.sources.python_walk import Walk

_ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign)


class Bound:
    """The digests of expressions by their forms, and by all that binds the names in them.

    Nothing is followed any further: what decorators, defaults and bases are given is seldom more than a
    constant, and a file with a test in each function has thousands of them.
    """

    def __init__(self, walk: Walk, forms: ExpressionForms) -> None:
        self._walk = walk
        self._forms = forms
        self._meanings: dict[tuple[Scope, str], str] = {}
        self._digests: dict[tuple[Scope, str], str] = {}

    def digest(self, scope: Scope, node: ast.expr) -> str:
        """The digest of an expression whose names are looked up in a scope."""
        names = sorted(set(dotted_names(node)))
        bound = [self._digest_name(scope, name) for name in names]
        return self._forms.digest_texts(self._forms.digest(node), *bound)

    def meaning(self, scope: Scope, node: ast.expr) -> str:
        """The full name of what is called or inherited from."""
        key = (scope, plain_name(node))
        if key not in self._meanings:
            meaning = as_one_name(self._walk.names.of_callee(node, scope))
            if not key[1]:
                return meaning
            self._meanings[key] = meaning
        return self._meanings[key]

    def _digest_name(self, scope: Scope, name: str) -> str:
        """The digest of what a name means and what binds it, empty where nothing in the file does."""
        key = (scope, name)
        if key not in self._digests:
            root = name.partition(".")[0]
            owners = list(owners_of(root, scope))
            forms = [form for one in owners for form in self._by_name.get((one, root), ())]
            texts = [self.meaning(scope, as_expression(name)), *forms] if owners else []
            self._digests[key] = self._forms.digest_texts(*texts) if texts else ""
        return self._digests[key]

    @cached_property
    def _by_name(self) -> Mapping[tuple[Scope, str], Sequence[str]]:
        """The digests of the statements and functions that bind a name, in the order of the file."""
        found: dict[tuple[Scope, str], list[str]] = defaultdict(list)
        for node, scope in self._binding():
            form = self._walk.forms[node].own.hex()
            for name in assigned_by(node):
                found[scope.elsewhere.get(name, scope), name].append(form)
        for name, module, scope in relative_imports(self._walk):
            found[scope, name].append(module)
        for walked in self._walk.definitions:
            if walked.scope.outer is not None and not isinstance(walked.node, ast.ClassDef):
                form = self._walk.forms[walked.node].whole.hex()
                found[walked.scope.outer, walked.node.name].append(form)
        return found

    def _binding(self) -> Iterator[tuple[Any, Scope]]:
        """The assignments to names that something in front of a definition's body may mention."""
        around = {walked.scope.outer for walked in self._walk.definitions}
        for kind in _ASSIGNING:
            for node, scope in self._walk.statements.get(kind, ()):
                if scope in around or scope.elsewhere:
                    yield node, scope


def as_expression(name: str) -> ast.expr:
    """The expression that a dotted name is."""
    first, *rest = name.split(".")
    expression: ast.expr = ast.Name(first, ast.Load())
    for attribute in rest:
        expression = ast.Attribute(expression, attribute, ast.Load())
    return expression


def assigned_by(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[str]:
    """The names that an assignment binds or changes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        else:
            yield from {name.partition(".")[0] for name in dotted_names(target)}
