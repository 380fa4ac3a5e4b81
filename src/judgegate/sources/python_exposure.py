"""Exposure: what encloses a node of a Python file, and so decides who reaches it and how."""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from judgegate.model.evidence_context import Surrounding
from judgegate.sources.python_evidence import EvidenceForms
from judgegate.sources.python_names import as_one_name
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode

Surroundings = tuple[Surrounding, ...]

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


class Exposure:
    """The exposure of the definitions of a file, each read once."""

    def __init__(self, walk: Walk, evidence: EvidenceForms) -> None:
        self._walk = walk
        self._evidence = evidence
        self._known: dict[ast.AST, Surroundings] = {}

    def around(self, node: ast.AST) -> Surroundings:
        """What encloses a node, from the outside in.

        A definition's own header does not enclose it. What stands around a node that is in no definition
        is no exposure: that are its guards.
        """
        definition = _enclosing(node)
        return () if definition is None else self._of(definition)

    @cached_property
    def _scopes(self) -> Mapping[ast.AST, Scope]:
        return {walked.node: walked.scope for walked in self._walk.definitions}

    @cached_property
    def _classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes by their qualified names, of equal names the last."""
        return {
            walked.name: walked.node
            for walked in self._walk.definitions
            if isinstance(walked.node, ast.ClassDef)
        }

    def _of(self, definition: DefinitionNode) -> Surroundings:
        """What encloses the body of a definition."""
        known = self._known.get(definition)
        if known is None:
            own = (*self._statements(definition), *self._surface(definition))
            known = self._known[definition] = (*self.around(definition), *own)
        return known

    def _statements(self, definition: DefinitionNode) -> Surroundings:
        """The statements around a definition, up to the definition that they are in."""
        found = []
        child: Any = definition
        parent = child._bandit_parent
        while parent.__class__ in _WORDS or isinstance(parent, ast.Match):
            # What is matched is told with the case.
            if not isinstance(parent, ast.Match):
                digest = self._evidence.of_header(parent)
                found.append(Surrounding(_word(parent, child), "", digest))
            child, parent = parent, parent._bandit_parent
        return tuple(reversed(found))

    def _surface(self, definition: DefinitionNode) -> Iterator[Surrounding]:
        """The decorators, the header and the bases of a definition."""
        scope = self._scopes[definition].outer or self._walk.scopes[0]
        for decorator in definition.decorator_list:
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            digest = self._evidence.of_expression(decorator)
            yield Surrounding("decorator", self._name(callee, scope), digest)
        yield Surrounding("header", "", self._evidence.of_definition(definition))
        for base in getattr(definition, "bases", ()):
            name = self._name(base, scope)
            digest = self._evidence.joined(
                self._evidence.of_expression(base), *self._headers_of(name)
            )
            yield Surrounding("base", name, digest)

    def _name(self, node: ast.expr, scope: Scope) -> str:
        return as_one_name(self._walk.names.of_callee(node, scope))

    def _headers_of(self, name: str) -> Iterator[str]:
        """The digests of the headers of a class of this file, and of those that it is made of."""
        pending, seen = [name], set[str]()
        while pending and len(seen) < _MOST_BASES:
            name = pending.pop()
            node = self._classes.get(name)
            if node is None or name in seen:
                continue
            seen.add(name)
            yield self._walk.forms[node].own.hex()
            scope = self._scopes[node].outer or self._walk.scopes[0]
            pending += [self._name(base, scope) for base in node.bases]


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
