"""Exposure: what encloses a node of a Python file, and so decides who reaches it and how."""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from msgspec import Struct

from judgegate.evidence.bound import Bound, as_expression, assigned_by
from judgegate.evidence.check_names import STEMS
from judgegate.evidence.checks import dotted_names, plain_name
from judgegate.evidence.digests import EvidenceForms
from judgegate.evidence.mentions import Mentions
from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.trace import Flow
from judgegate.model.codec import encode_binary
from judgegate.model.evidence_context import Surrounding
from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode

HEADER = "header"
"""What a surrounding is that stands for the header of a function or class."""

MOST_SURROUNDINGS = 32
"""Parts of what encloses a node. Those farther outside are taken as one."""

_MOST_BASES = 8
"""So many classes of the file are followed from a class to its bases."""

_RUN_FIRST = (
    *("__call__", "__getattribute__", "__init_subclass__", "__new__", "as_view"),
    *("check_permissions", "dispatch", "get_authenticators", "get_permissions"),
    *("has_permission", "initial", "prepare", "setup", "test_func"),
)
"""Methods that a class or framework runs before others, or that decide who reaches these."""

_REQUEST_HOOKS = frozenset(
    {"before_app_request", "before_request", "before_websocket", "middleware"}
    | {"url_value_preprocessor"}
)
"""Decorators of what runs before every request."""

_SWITCHES = re.compile("|".join((*STEMS, "decorators", "http_method_names")))
"""What the name or value of a class attribute has by which a framework decides who reaches the class."""

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


class Enclosure(Struct, frozen=True):
    """What encloses a node, from the outside in. `rest` is the digest of what is cut off, else empty."""

    parts: tuple[Surrounding, ...] = ()
    rest: str = ""


_NOTHING = Enclosure()


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
        self._mentions = Mentions(walk, forms, flow, self._bound, self._statements)
        self._known: dict[ast.AST, Enclosure] = {}
        self._headers: dict[ast.AST, str] = {}

    def around(self, node: ast.AST) -> Enclosure:
        """What encloses a node.

        A definition's own header does not enclose it. What stands around a node that is in no definition
        is no exposure: that are its guards.
        """
        definition = _enclosing(node)
        outer = _NOTHING if definition is None else self._of(definition)
        takers = tuple(map(self._taker, _calls_that_take_a_lambda(node)))
        return self._joined(outer, takers) if takers else outer

    def _taker(self, call: ast.Call) -> Surrounding:
        """What gets a lambda, as `app.route("/run")(lambda: ...)` does."""
        name = self._flow.callee(call).name[:LONGEST_NAME]
        digest = self._bound.digest(self._flow.scope_of(call), call.func)
        return Surrounding("mention", name, digest)

    def _of(self, definition: DefinitionNode) -> Enclosure:
        """What encloses the body of a definition."""
        known = self._known.get(definition)
        if known is None:
            outer = self.around(definition)
            scope = self._outer_scope(definition)
            own = (
                *(() if outer.parts else self._request_hooks(definition)),
                *self._statements(definition, scope),
                *self._surface(definition, scope),
                *self._mentions.of(definition),
                *self._hooks_around(definition),
            )
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

    def _statements(self, node: ast.stmt, scope: Scope) -> list[Surrounding]:
        """The statements around a definition or another statement, up to the definition that they are in."""
        found = []
        child: Any = node
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
        yield Surrounding(HEADER, "", self._header(definition, scope))
        if isinstance(definition, ast.ClassDef):
            yield from self._inherited(definition, scope)
            yield from self._switches(definition)

    def _inherited(self, definition: ast.ClassDef, scope: Scope) -> Iterator[Surrounding]:
        """The bases of a class."""
        for base in definition.bases:
            name = self._bound.meaning(scope, base)
            digests = [self._bound.digest(scope, base)]
            for ancestor in self._ancestry(name):
                digests += self._headers_of(ancestor)
            yield Surrounding("base", name, self._forms.digest_texts(*digests))

    def _switches(self, definition: ast.ClassDef) -> Iterator[Surrounding]:
        """The attributes of a class by which a framework decides who reaches it."""
        scope = self._walk.inner[definition]
        # No framework reads a class that inherits from nothing.
        for statement in definition.body if definition.bases else ():
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                names = [*assigned_by(statement), *dotted_names(statement.value)]
                # The code itself reads its constants, and then they are in guards and roots.
                if not names[0].isupper() and _says_switch(names):
                    digest = self._bound.digest(scope, statement.value)
                    yield Surrounding("attribute", names[0][:LONGEST_NAME], digest)

    def _request_hooks(self, definition: DefinitionNode) -> Iterator[Surrounding]:
        """What of the file runs before every request, itself apart."""
        return (part for hook, part in self._hooks if hook is not definition)

    @cached_property
    def _hooks(self) -> Sequence[tuple[DefinitionNode, Surrounding]]:
        """The functions of the file that run before every request."""
        found = []
        for walked in self._walk.definitions:
            for decorator in walked.node.decorator_list:
                callee = decorator.func if isinstance(decorator, ast.Call) else decorator
                if plain_name(callee).rpartition(".")[2] in _REQUEST_HOOKS:
                    found.append((walked.node, self._as_hook(walked.node)))
        return found

    def _hooks_around(self, definition: DefinitionNode) -> Iterator[Surrounding]:
        """The other methods of a method's class and of its bases that run before it."""
        holder = _enclosing(definition)
        if not isinstance(holder, ast.ClassDef):
            return
        for one in self._ancestry(self._walk.inner[holder].name):
            for name in _RUN_FIRST:
                method = self._first_methods.get((one, name))
                if method is not None and method is not definition:
                    yield self._as_hook(method)

    def _as_hook(self, function: DefinitionNode) -> Surrounding:
        """A function that runs before others, with all that it does."""
        body = self._flow.body_of(as_expression(function.name), self._outer_scope(function))
        return Surrounding("hook", function.name[:LONGEST_NAME], body)

    def _header(self, definition: DefinitionNode, scope: Scope) -> str:
        """The digest of a header, apart from the name, what it returns, the decorators and the bases."""
        if isinstance(definition, ast.ClassDef):
            parts = [*definition.keywords, *getattr(definition, "type_params", ())]
            # What a metaclass of the file does belongs to the class.
            bodies = [self._flow.body_of(one.value, scope) for one in definition.keywords]
            forms = map(self._forms.digest, parts)
            return self._forms.digest_texts("class", *forms, *filter(None, bodies))
        digests = map(partial(self._bound.digest, scope), _defaults(definition.args))
        kind, given = definition.__class__.__name__, self._forms.digest(definition.args)
        return self._forms.digest_texts(kind, given, *digests)

    def _ancestry(self, name: str) -> Sequence[str]:
        """The names of a class of this file, and of those that it is made of."""
        pending, seen = [name], dict[str, None]()
        while pending and len(seen) < _MOST_BASES:
            name = pending.pop()
            node = self._classes.get(name)
            if node is None or name in seen:
                continue
            seen[name] = None
            scope = self._outer_scope(node)
            pending += [self._bound.meaning(scope, base) for base in node.bases]
        return list(seen)

    def _headers_of(self, name: str) -> Iterator[str]:
        """The digests of the header, the bases and the switches of a class of this file."""
        node = self._classes[name]
        form = self._walk.forms[node]
        yield (form.own + form.surface).hex()
        yield from map(partial(self._bound.digest, self._outer_scope(node)), node.bases)
        yield from (part.digest for part in self._switches(node))

    def _outer_scope(self, definition: DefinitionNode) -> Scope:
        """The scope in which what stands in front of a definition's body is looked up."""
        return self._walk.inner[definition].outer or self._walk.scopes[0]

    @cached_property
    def _first_methods(self) -> Mapping[tuple[str, str], DefinitionNode]:
        """The methods that run before others, by the qualified name of their class and their own."""
        return {
            (self._outer_scope(walked.node).name, walked.node.name): walked.node
            for walked in self._walk.definitions
            if walked.node.name in _RUN_FIRST
        }

    @cached_property
    def _classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes by their qualified names, of equal names the last."""
        return {
            walked.name: walked.node
            for walked in self._walk.definitions
            if isinstance(walked.node, ast.ClassDef)
        }


def _says_switch(names: Iterable[str]) -> bool:
    """Whether a name has a word that says who reaches a class."""
    return any(_SWITCHES.search(name.lower()) for name in names)


def _defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    """The defaults of parameters, where they have one."""
    return filter(None, (*arguments.defaults, *arguments.kw_defaults))


def _calls_that_take_a_lambda(node: Any) -> Iterator[ast.Call]:
    """The calls in the same statement that get a lambda which a node stands in."""
    is_inside = False
    child: Any = node
    while child.__class__ is ast.keyword or isinstance(child, ast.expr):
        parent: Any = child._bandit_parent  # type: ignore[union-attr]
        is_inside = is_inside or isinstance(child, ast.Lambda)
        if is_inside and isinstance(parent, ast.Call) and parent.func is not child:
            yield parent
        child = parent


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
