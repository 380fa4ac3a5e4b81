"""Where the functions and classes of a Python file are used as values: registered, wrapped, put in tables."""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from judgegate.evidence.bound import Bound
from judgegate.flow.expression_forms import ExpressionForms, parts_of
from judgegate.flow.trace import Flow
from judgegate.model.codec import encode_binary
from judgegate.model.evidence_context import Surrounding
from judgegate.sources.python_names import written
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode

_MOST_MENTIONS = 64
"""Mentions of a name that are asked which definition they mean. Of a name with more, all count as one."""

_MOST_PARTS = 64
"""An expression of more parts is taken as a whole, with what is mentioned in it."""

_HOLDERS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.For, ast.AsyncFor)
"""Statements that give a value to something, apart from those that call."""

_CONTAINERS = (ast.List, ast.Set, ast.Tuple)
_PASSING = (*_CONTAINERS, ast.BoolOp, ast.Dict, ast.IfExp, ast.Starred, ast.keyword)
"""Expressions that give on what they are made of."""

_ASKING = frozenset({"isinstance", "issubclass"})
"""What only compares the classes that it is given."""

_MAKING_VIEWS = frozenset({"as_asgi", "as_view"})
"""Methods of a class that make of it what answers requests."""


class Mention(Struct, frozen=True, eq=False):
    """A place where a name that a definition of the file has is used as a value."""

    node: ast.expr
    scope: Scope


class Mentions:
    """The mentions of the definitions of a file.

    `around` gives what stands around a statement, up to the definition that it is in.
    """

    def __init__(
        self,
        walk: Walk,
        forms: ExpressionForms,
        flow: Flow,
        bound: Bound,
        around: Callable[[ast.stmt, Scope], list[Surrounding]],
    ) -> None:
        self._walk = walk
        self._forms = forms
        self._flow = flow
        self._bound = bound
        self._around = around
        self._known: dict[Mention, Surrounding] = {}
        self._crowds: dict[str, Surrounding] = {}

    def of(self, definition: DefinitionNode) -> Sequence[Surrounding]:
        """The places where a definition is used as a value, sorted."""
        name = definition.name
        mentions = self._by_name.get(name, ())
        if len(mentions) > _MOST_MENTIONS:
            if name not in self._crowds:
                parts = sorted(self._read(one).digest for one in mentions)
                digest = self._forms.digest_texts(*parts)
                self._crowds[name] = Surrounding("mention", "", digest)
            return [self._crowds[name]]
        found = {
            self._read(one)
            for one in mentions
            if definition in self._flow.definitions_meant(one.node, one.scope)
        }
        return sorted(found, key=lambda part: (part.name, part.digest))

    def _read(self, mention: Mention) -> Surrounding:
        """A mention, with what is done with it, and what stands around that."""
        known = self._known.get(mention)
        if known is None:
            scope = mention.scope
            statement, steps = self._steps_from(mention)
            around = encode_binary(self._around(statement, scope)).hex()
            callee = _called_with(mention.node)
            name = self._bound.meaning(scope, callee) if callee else ""
            taking = self._bound.digest(scope, callee) if callee else ""
            digest = self._forms.digest_texts(steps, around, taking)
            known = self._known[mention] = Surrounding("mention", name, digest)
        return known

    def _steps_from(self, mention: Mention) -> tuple[ast.stmt, str]:
        """The statement of a mention, and the digest of what that does with what is mentioned."""
        steps = [mention.scope.kind.value]
        child: Any = mention.node
        while not isinstance(child, ast.stmt):
            parent = child._bandit_parent
            steps += self._step(parent, child)
            child = parent
        return child, self._forms.digest_texts(*steps)

    def _step(self, parent: Any, child: Any) -> list[str]:
        """What an expression or statement does with a part of it. Neighbours in a container do not count."""
        kind = parent.__class__.__name__
        if isinstance(parent, _CONTAINERS):
            return [kind]
        if isinstance(parent, ast.Dict) and child in parent.values:
            key = parent.keys[parent.values.index(child)]
            return [kind, self._forms.digest(key) if key else "**"]
        parts = parts_of(parent)
        if len(parts) > _MOST_PARTS:
            return [kind, self._forms.digest(parent)]
        word = getattr(parent, "arg", None) or getattr(parent, "attr", "")
        others = ("*" if part is child else self._forms.digest(part) for part in parts)
        return [kind, word, *others]

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Mention]]:
        names = {walked.node.name for walked in self._walk.definitions}
        found: dict[str, list[Mention]] = defaultdict(list)
        for value, scope in self._given():
            for name, node in _named_in(value):
                if name in names:
                    found[name].append(Mention(node, scope))
        return found

    def _given(self) -> Iterator[tuple[Any, Scope]]:
        """What calls and statements are given."""
        for call, scope in self._walk.calls:
            for value in _given_to(call):
                yield value, scope
        for kind in _HOLDERS:
            for node, scope in self._walk.statements.get(kind, ()):
                yield getattr(node, "iter", None) or getattr(node, "value", None), scope
        for giving, scope in (*self._walk.yields, *self._walk.walruses):
            yield giving.value, scope  # type: ignore[attr-defined]  # both have one


def _called_with(value: Any) -> ast.expr | None:
    """What is called with a value as an argument."""
    parent: Any = value._bandit_parent
    is_keyword = isinstance(parent, ast.keyword)
    call: Any = getattr(parent, "_bandit_parent", None) if is_keyword else parent
    return call.func if isinstance(call, ast.Call) else None


def _given_to(call: ast.Call) -> Iterable[ast.AST]:
    """What a call is given: its arguments, and the class that it makes a view of."""
    func = call.func
    if isinstance(func, ast.Name) and func.id in _ASKING:
        return ()
    if isinstance(func, ast.Attribute) and func.attr in _MAKING_VIEWS:
        return (func.value, *call.args, *call.keywords)
    return (*call.args, *call.keywords)


def _named_in(value: ast.AST | None) -> Iterator[tuple[str, ast.expr]]:
    """The names in a value that it may be, each with its node.

    Calls in it are read for themselves.
    """
    pending: list[Any] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node.id, node
        elif isinstance(node, ast.Attribute):
            yield node.attr, node
            # `run.__wrapped__` is made of `run`. Of what `self` is, nothing more is known.
            pending += [node.value] if written(node) else []
        elif isinstance(node, _PASSING):
            pending += parts_of(node)
