"""What flows into an expression of a Python file, followed backwards."""

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from judgegate.model.evidence_context import Callee, Constant, Root, RootKind
from judgegate.sources.python_forms import ExpressionForms
from judgegate.sources.python_names import as_one_name, written
from judgegate.sources.python_scopes import Scope, ScopeKind, owners_of
from judgegate.sources.python_walk import Walk

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Traced(Struct, frozen=True):
    """What flows into expressions: roots and constants, sorted, and why they may be wrong."""

    roots: tuple[Root, ...] = ()
    constants: tuple[Constant, ...] = ()
    doubts: frozenset[str] = frozenset()


class Flow:
    """Follows what flows into the expressions of a file.

    Args:
        walk: what the walk over its tree has written down.
        forms: the digests of its expressions.
    """

    def __init__(self, walk: Walk, forms: ExpressionForms) -> None:
        self._walk = walk
        self._forms = forms

    def trace(self, expression: ast.expr, slot: str = "") -> Traced:
        """What flows into an expression; `slot` says where that flows in."""
        return _joined(self._flows(expression, slot))

    def trace_call(self, call: ast.Call) -> Traced:
        """What flows into a call: by its arguments, and by the object whose method it is."""
        return _joined(
            one for slot, value in slots_of(call) for one in self._flows(value, slot)
        )

    def callee(self, call: ast.Call) -> Callee:
        """What a call calls."""
        names = self._names_of_calls.get(call) or self._walk.names.of_callee(
            call.func, self.scope_of(call)
        )
        return Callee(as_one_name(names))

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that the names of a node are looked up in."""
        child: Any = node
        parent: Any = getattr(node, "_bandit_parent", None)
        while parent is not None:
            scope = self._walk.inner.get(parent)
            if scope is not None and _is_inside(child, parent):
                return scope
            child, parent = parent, getattr(parent, "_bandit_parent", None)
        return self._walk.scopes[0]

    @cached_property
    def _names_of_calls(self) -> dict[ast.Call, tuple[str, ...]]:
        return {call: names for call, _, names in self._walk.named_calls}

    def _flows(self, expression: ast.expr, slot: str) -> Iterator[Root | Constant]:
        scope = self.scope_of(expression)
        pending: list[tuple[ast.AST, tuple[Callee, ...]]] = [(expression, ())]
        while pending:
            node, through = pending.pop()
            name = written(node) if isinstance(node, ast.expr) else None
            if name is not None:
                yield self._root_of(node, name, scope, slot, through)
            elif isinstance(node, ast.Constant):
                yield Constant(slot, self._forms.digest(node))
            elif isinstance(node, ast.Call):
                callee = self.callee(node)
                yield Root(slot, RootKind.CALL, callee.name, through)
                pending += [(one, (callee, *through)) for _, one in slots_of(node)]
            else:
                children = ast.iter_child_nodes(node)
                pending += [(one, through) for one in children]

    def _root_of(
        self, node: Any, name: str, scope: Scope, slot: str, through: tuple[Callee, ...]
    ) -> Root:
        first = name.partition(".")[0]
        owners = list(owners_of(first, scope))
        if any(owner.kind is ScopeKind.FUNCTION for owner in owners):
            return Root(slot, RootKind.PARAMETER, first, through)
        names = self._walk.names.of_callee(node, scope)
        return Root(slot, RootKind.NAME, as_one_name(names), through)


def slots_of(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """What a call gets, each with the slot: what its method belongs to, then the arguments."""
    if isinstance(call.func, ast.Attribute):
        yield "receiver", call.func.value
    for number, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            yield "*", argument.value
        else:
            yield str(number), argument
    for keyword in call.keywords:
        yield keyword.arg or "**", keyword.value


def _is_inside(child: ast.AST, parent: ast.AST) -> bool:
    """Whether a child is looked up in the scope that its parent opens."""
    if isinstance(parent, _COMPREHENSIONS):
        return True
    body = getattr(parent, "body", ())
    return child is body if isinstance(parent, ast.Lambda) else child in body


def _joined(flows: Iterable[Root | Constant]) -> Traced:
    every = set(flows)
    roots = [one for one in every if isinstance(one, Root)]
    constants = [one for one in every if isinstance(one, Constant)]
    return Traced(
        tuple(sorted(roots, key=_root_order)),
        tuple(sorted(constants, key=lambda one: (one.slot, one.digest))),
    )


def _root_order(root: Root) -> tuple[object, ...]:
    through = [(callee.name, callee.body) for callee in root.through]
    return (root.slot, root.kind.value, root.name, through, root.detail)
