"""Exposure: what encloses a node of a Python file, and so decides who reaches it and how."""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from msgspec import Struct

from judgegate.evidence.checks import dotted_names, plain_name
from judgegate.evidence.digests import EvidenceForms
from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.trace import Flow
from judgegate.model.codec import encode_binary
from judgegate.model.evidence_context import Surrounding
from judgegate.sources.python_names import as_one_name
from judgegate.sources.python_scopes import Scope, owners_of
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode

MOST_SURROUNDINGS = 32
"""Parts of what encloses a node. Those farther outside are taken as one."""

_MOST_BASES = 8
"""So many classes of the file are followed from a class to its bases."""

_BLOCKS = (("finalbody", "finally"), ("orelse", "else"))
_WORDS: Mapping[type, str] = {
    **dict.fromkeys((ast.For, ast.AsyncFor), "for"),
    **dict.fromkeys((ast.With, ast.AsyncWith), "with"),
    **dict.fromkeys((ast.Try, ast.TryStar), "try"),
    ast.If: "if",
    ast.While: "while",
    ast.ExceptHandler: "except",
    ast.match_case: "case",
}
"""The statements that a definition can stand in, by the words that people write."""

_ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign)


class Enclosure(Struct, frozen=True):
    """What encloses a node, from the outside in. `rest` is the digest of what is cut off, else empty."""

    parts: tuple[Surrounding, ...] = ()
    rest: str = ""


_NOTHING = Enclosure()


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
            texts = [self.meaning(scope, _as_expression(name)), *forms] if owners else []
            self._digests[key] = self._forms.digest_texts(*texts) if texts else ""
        return self._digests[key]

    @cached_property
    def _by_name(self) -> Mapping[tuple[Scope, str], Sequence[str]]:
        """The digests of the statements and functions that bind a name, in the order of the file."""
        found: dict[tuple[Scope, str], list[str]] = defaultdict(list)
        for node, scope in self._binding():
            form = self._walk.forms[node].own.hex()
            for name in _assigned_by(node):
                found[scope.elsewhere.get(name, scope), name].append(form)
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


class Exposure:
    """The exposure of the definitions of a file, each read once."""

    def __init__(
        self, walk: Walk, forms: ExpressionForms, flow: Flow, evidence: EvidenceForms
    ) -> None:
        self._walk = walk
        self._forms = forms
        self._flow = flow
        self._evidence = evidence
        self._bound = Bound(walk, forms)
        self._known: dict[ast.AST, Enclosure] = {}
        self._headers: dict[ast.AST, str] = {}

    def around(self, node: ast.AST) -> Enclosure:
        """What encloses a node.

        A definition's own header does not enclose it. What stands around a node that is in no definition
        is no exposure: that are its guards.
        """
        definition = _enclosing(node)
        return _NOTHING if definition is None else self._of(definition)

    def _of(self, definition: DefinitionNode) -> Enclosure:
        """What encloses the body of a definition."""
        known = self._known.get(definition)
        if known is None:
            outer = self.around(definition)
            scope = self._outer_scope(definition)
            own = (*self._statements(definition, scope), *self._surface(definition, scope))
            known = self._known[definition] = self._joined(outer, own)
        return known

    def _joined(self, outer: Enclosure, own: Sequence[Surrounding]) -> Enclosure:
        """What encloses a body: what encloses its definition, and what belongs to that."""
        every = (*outer.parts, *own)
        parts, cut = every[-MOST_SURROUNDINGS:], every[:-MOST_SURROUNDINGS]
        if not cut:
            return Enclosure(parts, outer.rest)
        return Enclosure(
            parts, self._forms.digest_texts(outer.rest, encode_binary(cut).hex())
        )

    def _statements(self, definition: DefinitionNode, scope: Scope) -> list[Surrounding]:
        """The statements around a definition, up to the definition that they are in."""
        found = []
        child: Any = definition
        parent = child._bandit_parent
        while parent.__class__ in _WORDS or isinstance(parent, ast.Match):
            # What is matched is told with the case.
            if not isinstance(parent, ast.Match):
                digest = self._digest_header(parent, scope)
                found.append(Surrounding(_word(parent, child), "", digest))
            child, parent = parent, parent._bandit_parent
        return found[::-1]

    def _digest_header(self, statement: ast.AST, scope: Scope) -> str:
        """The digest of what decides whether and how the blocks of a statement run."""
        known = self._headers.get(statement)
        if known is None:
            known = self._evidence.of_header(statement, partial(self._bound.digest, scope))
            self._headers[statement] = known
        return known

    def _surface(self, definition: DefinitionNode, scope: Scope) -> Iterator[Surrounding]:
        """The decorators, the header and the bases of a definition."""
        for decorator in definition.decorator_list:
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            digest = self._bound.digest(scope, decorator)
            body = self._flow.body_of(callee, scope)
            digest = self._forms.digest_texts(digest, body) if body else digest
            yield Surrounding("decorator", self._bound.meaning(scope, callee), digest)
        yield Surrounding("header", "", self._header(definition, scope))
        for base in getattr(definition, "bases", ()):
            name = self._bound.meaning(scope, base)
            digests = (self._bound.digest(scope, base), *self._headers_of(name))
            yield Surrounding("base", name, self._forms.digest_texts(*digests))

    def _header(self, definition: DefinitionNode, scope: Scope) -> str:
        """The digest of a header, apart from the name, the decorators and the bases."""
        if isinstance(definition, ast.ClassDef):
            parts = [*definition.keywords, *getattr(definition, "type_params", ())]
            return self._forms.digest_texts("class", *map(self._forms.digest, parts))
        digests = map(partial(self._bound.digest, scope), _defaults(definition.args))
        return self._forms.digest_texts(self._walk.forms[definition].own.hex(), *digests)

    def _headers_of(self, name: str) -> Iterator[str]:
        """The digests of the headers of a class of this file, and of those that it is made of."""
        pending, seen = [name], set[str]()
        while pending and len(seen) < _MOST_BASES:
            name = pending.pop()
            node = self._classes.get(name)
            if node is None or name in seen:
                continue
            seen.add(name)
            form = self._walk.forms[node]
            yield (form.own + form.surface).hex()
            scope = self._outer_scope(node)
            pending += [self._bound.meaning(scope, base) for base in node.bases]

    def _outer_scope(self, definition: DefinitionNode) -> Scope:
        """The scope in which what stands in front of a definition's body is looked up."""
        return self._walk.inner[definition].outer or self._walk.scopes[0]

    @cached_property
    def _classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes by their qualified names, of equal names the last."""
        return {
            walked.name: walked.node
            for walked in self._walk.definitions
            if isinstance(walked.node, ast.ClassDef)
        }


def _as_expression(name: str) -> ast.expr:
    """The expression that a dotted name is."""
    first, *rest = name.split(".")
    expression: ast.expr = ast.Name(first, ast.Load())
    for attribute in rest:
        expression = ast.Attribute(expression, attribute, ast.Load())
    return expression


def _assigned_by(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[str]:
    """The names that an assignment binds or changes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        else:
            yield from {name.partition(".")[0] for name in dotted_names(target)}


def _defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    """The defaults of parameters, where they have one."""
    return filter(None, (*arguments.defaults, *arguments.kw_defaults))


def _enclosing(node: Any) -> DefinitionNode | None:
    """The innermost definition whose body holds a node."""
    while not isinstance(node, ast.Module):
        parent = node._bandit_parent
        # What stands in front of the body belongs to the scope around it.
        if isinstance(parent, DefinitionNode) and isinstance(node, ast.stmt):
            return parent
        node = parent
    return None


def _word(parent: Any, child: Any) -> str:
    """How people call the block of a statement that another one stands in."""
    for block, word in _BLOCKS:
        statements = getattr(parent, block, ())
        # What has a block of its own begins on a line of its own.
        if statements and statements[0].lineno <= child.lineno:
            return word
    return _WORDS[parent.__class__]
